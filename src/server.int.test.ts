import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TEST_ENV } from './testing/app';
import { TestProcess } from './testing/child-process';
import { createTestDatabase, type TestDatabase } from './testing/database';

const NOWHERE = 'postgresql://nobody@127.0.0.1:1/none';
const ENV = { ...TEST_ENV, HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'info', LOG_FORMAT: 'json' };

describe('the API process', () => {
  const processes: TestProcess[] = [];
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => {
    for (const each of processes.splice(0)) each.kill();
  });
  afterAll(() => database.drop());

  function start(env: Record<string, string>): TestProcess {
    const started = TestProcess.start('src/server.ts', env);
    processes.push(started);
    return started;
  }
  async function running(env: Record<string, string> = {}): Promise<{ api: TestProcess; url: string }> {
    const api = start({ ...ENV, DATABASE_URL: database.url, ...env });
    const [, port] = await api.untilPrinted(/"message":"listening".*"port":(\d+)/);
    return { api, url: `http://127.0.0.1:${port}` };
  }

  it('names every wrong and every missing variable, one a line, and ends', async () => {
    const api = start({
      PORT: '99999',
      DATABASE_URL: 'mysql://x',
      LOG_LEVEL: 'loud',
      ADMIN_EMAIL: 'a@example.org',
    });
    expect(await api.exit()).toBe(1);
    const lines = api.output.trim().split('\n');
    expect(lines[0]).toBe('The configuration is not valid. Correct these settings:');
    for (const start of [
      'PORT is wrong:',
      'DATABASE_URL is wrong:',
      'LOG_LEVEL is wrong:',
      'SESSION_SECRET is missing:',
      'ADMIN_EMAIL and ADMIN_PASSWORD',
    ]) {
      expect(lines.filter((line) => line.startsWith(`  ${start}`))).toHaveLength(1);
    }
    expect(lines).toHaveLength(6);
  });

  it('says which port is taken, and ends', async () => {
    const other: Server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    const api = start({ ...ENV, DATABASE_URL: database.url, PORT: String(port) });
    expect(await api.exit()).toBe(1);
    expect(api.output).toContain(`The port ${port} is taken by another program.`);
    other.close();
  });

  it('starts and stays alive without its database', async () => {
    const { api, url } = await running({
      DATABASE_URL: NOWHERE,
      ADMIN_EMAIL: 'a@example.org',
      ADMIN_PASSWORD: 'a quiet harbour in May',
    });
    expect((await fetch(`${url}/health`)).status).toBe(200);
    expect((await fetch(`${url}/ready`)).status).toBe(503);
    const login = await fetch(`${url}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ email: 'a@example.org', password: 'whatever it is' }),
    });
    expect([login.status, login.headers.get('retry-after')]).toEqual([503, '2']);
    await sleep(1_000);
    expect(api.child.exitCode).toBeNull();
    api.kill('SIGTERM');
    expect(await api.exit()).toBe(0);
  });

  it('creates the first platform admin, who can sign in immediately', async () => {
    const admin = { email: 'Admin@Example.org', password: 'a quiet harbour in May' };
    const { url } = await running({ ADMIN_EMAIL: admin.email, ADMIN_PASSWORD: admin.password });
    const login = await fetch(`${url}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(admin),
    });
    expect(login.status).toBe(200);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'ends in order on %s, under load, with nothing failed that heeds the closing',
    async (signal) => {
      const { api, url } = await running();
      let answered = 0;
      const draining: number[] = [];
      const callers = Array.from({ length: 8 }, async () => {
        for (let isOpen = true; isOpen; answered += 1) {
          const response = await fetch(`${url}/ready`);
          const { status } = (await response.json()) as { status: string };
          isOpen = response.headers.get('connection') !== 'close';
          if (!isOpen && status === 'draining') draining.push(response.status);
        }
      });
      await sleep(300);
      api.kill(signal);
      await Promise.all(callers);
      expect(await api.exit()).toBe(0);
      expect(answered).toBeGreaterThan(16);
      expect(new Set(draining)).toEqual(new Set([503]));
      expect(api.output).toMatch(/"message":"stopping".*"signal":"SIG/);
      expect(api.output).toMatch(/"message":"stopped"/);
      expect(api.output).not.toMatch(/"level":"error"/);
    },
  );

  it('logs an error that nobody caught, and ends with 1', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'server-test-'));
    const fault = path.join(folder, 'fault.cjs');
    writeFileSync(fault, `process.on('SIGUSR2', () => { Promise.reject(new Error('nobody cares')); });`);
    const { api } = await running({ NODE_OPTIONS: `--require=${fault}` });
    api.kill('SIGUSR2');
    expect(await api.exit()).toBe(1);
    rmSync(folder, { recursive: true });
    expect(api.output).toMatch(/"level":"error".*nobody cares/);
    expect(api.output).toMatch(/"message":"stopped"/);
  });
});
