import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { createTestApp, TEST_ENV, tokenFor } from './app';
import { TestProcess } from './child-process';
import { createTestDatabase } from './database';
import { World } from './world';

/** The heap limit of the image. */
const HEAP_MB = 384;
/** Simultaneous attackers. */
const ATTACKERS = 10;
/** Different definitions. */
const BODIES = 900;
/** Requests before memory is first measured: by then, code is compiled and caches are filled. */
const WARM_UP = 300;
/** How often the reader sends a request. */
const READ_EVERY_MS = 10;
/** How long the reader reads before the attack. */
const CALM_MS = 2_000;

const p99Of = (waits: readonly number[]): number | undefined => waits[Math.floor(waits.length * 0.99)];

export interface HostileReport {
  requests: number;
  /** Answers to the attackers by status; 0 for no answer. */
  answers: Record<string, number>;
  /** The time that another user waited for an answer meanwhile, in milliseconds. */
  reads: number;
  slowestMs: number;
  p99Ms: number;
  /** The same before the attack, as a baseline of this machine. */
  calmSlowestMs: number;
  calmP99Ms: number;
  /** Reads that were not answered with 200. */
  failedReads: number;
  /** Memory of the whole process in MB: after the warm-up, and the growth since. */
  memoryMb: number;
  growthMb: number;
  seconds: number;
  /** Processor time of one attack, including the reader's part; null if the system does not report it. */
  cpuMsPerRequest: number | null;
}

const chat = { name: 'Quiz', version: '1.0', type: 'product', behavior: 'Ask.', output_schema: {} };
const patterns = (count: number, patternOf: (i: number) => string) => ({
  ...chat,
  input_schema: { allOf: Array.from({ length: count }, (_, i) => ({ pattern: patternOf(i) })) },
});

/** Definitions that cost seconds or memory to compile: 25 KB, 15 KB and 2 KB. Each one is different. */
function definitionOf(n: number): object {
  if (n % 3 === 0) return patterns(800, (i) => `^[a-z]{${n % 90},${(i % 9) + 90}}$`);
  if (n % 3 === 1) return patterns(60, (i) => `(\\pL|${n}){${(i % 40) + 60}}`);
  const properties = Object.fromEntries(
    Array.from({ length: 300 }, (_, i) => [`p${n}x${i}`, { type: 'string', format: 'email' }]),
  );
  return { ...chat, input_schema: { properties } };
}

function memoryOf(pid: number): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024;
}

/** Clock ticks a second of /proc/<pid>/stat: 100 on every common Linux. */
const TICKS = 100;

function cpuMsOf(pid: number): number | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS;
  } catch {
    return null;
  }
}

async function statusOf(url: string, token: string, body: string): Promise<number> {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  try {
    const answer = await fetch(url, { method: 'POST', headers, body });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return 0;
  }
}

/** Sends requests, a few at a time, and counts the answers. */
async function attack(send: (n: number) => Promise<number>, from: number, count: number) {
  const answers: Record<string, number> = {};
  let next = from;
  const attacker = async (): Promise<void> => {
    while (next < from + count) {
      const status = await send(next++);
      answers[status] = (answers[status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: ATTACKERS }, attacker));
  return answers;
}

interface Reading {
  waits: number[];
  failed: number;
}

/** Starts a user who reads meanwhile. @returns a function that stops them and returns their times, sorted */
function startReading(url: string, token: string): () => Promise<Reading> {
  const file = path.join(__dirname, 'steady-reader.cjs');
  const reader = new Worker(file, { workerData: { url, token, everyMs: READ_EVERY_MS }, execArgv: [] });
  const result = once(reader, 'message');
  return async () => {
    reader.postMessage('stop');
    const [reading] = (await result) as [Reading];
    await reader.terminate();
    return reading;
  };
}

/**
 * Attacks an API process that has the heap limit of the image: a student and a user without a tenant send
 * tool definitions that cost time and memory, while a teacher reads.
 */
export async function attackWithDefinitions(requests: number): Promise<HostileReport> {
  const database = await createTestDatabase();
  const app = await createTestApp({ database });
  const world = new World(app.container);
  const school = await world.group();
  const [student, nobody, teacher] = [
    await world.member(school, 'student'),
    await world.user(),
    await world.member(school, 'teacher'),
  ];
  const [studentToken, nobodyToken, teacherToken] = [
    await tokenFor(app.container, student.id),
    await tokenFor(app.container, nobody.id),
    await tokenFor(app.container, teacher.id),
  ];
  const api = TestProcess.start('src/server.ts', {
    ...TEST_ENV,
    DATABASE_URL: database.url,
    HOST: '127.0.0.1',
    PORT: '0',
    LOG_LEVEL: 'info',
    LOG_FORMAT: 'json',
    NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}`,
  });
  try {
    const [, port] = await api.untilPrinted(/"message":"listening".*"port":(\d+)/, 60_000);
    const url = `http://127.0.0.1:${port}/api/v1/tools`;
    const pid = api.child.pid as number;
    const bodies = Array.from({ length: BODIES }, (_, n) =>
      JSON.stringify({ groupId: school.id, definition: definitionOf(n) }),
    );
    const send = (n: number) =>
      statusOf(url, n % 2 === 0 ? studentToken : nobodyToken, bodies[n % BODIES] ?? '');
    await attack(send, 0, WARM_UP);
    const stopCalm = startReading(url, teacherToken);
    await sleep(CALM_MS);
    const calm = await stopCalm();
    const memoryMb = memoryOf(pid);
    const cpuBefore = cpuMsOf(pid);
    const started = performance.now();
    const stopReading = startReading(url, teacherToken);
    const answers = await attack(send, WARM_UP, requests);
    const { waits, failed } = await stopReading();
    const cpuAfter = cpuMsOf(pid);
    const round = (value: number | undefined): number => Math.round((value ?? 0) * 10) / 10;
    return {
      requests,
      answers,
      reads: waits.length,
      slowestMs: round(waits.at(-1)),
      p99Ms: round(p99Of(waits)),
      calmSlowestMs: round(calm.waits.at(-1)),
      calmP99Ms: round(p99Of(calm.waits)),
      failedReads: failed,
      memoryMb: round(memoryMb),
      growthMb: round(memoryOf(pid) - memoryMb),
      seconds: round((performance.now() - started) / 1000),
      cpuMsPerRequest:
        cpuBefore === null || cpuAfter === null ? null : round((cpuAfter - cpuBefore) / requests),
    };
  } finally {
    api.kill();
    await app.close();
    await database.drop();
  }
}
