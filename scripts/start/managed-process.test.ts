import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../../src/local-servers/processes.cjs';
import { ManagedProcess, type ManagedProcessOptions } from './managed-process';

const STAYS = 'process.send("ready"); setInterval(() => {}, 1000);';

describe('ManagedProcess', () => {
  const folder = mkdtempSync(join(tmpdir(), 'raptscallions-managed-'));
  const started: number[] = [];
  const crashes: [why: string, pauseMs: number][] = [];
  let managed: ManagedProcess;

  function manage(code: string, options: Partial<ManagedProcessOptions> = {}): ManagedProcess {
    const script = join(folder, 'script.cjs');
    writeFileSync(script, code);
    started.length = 0;
    crashes.length = 0;
    managed = new ManagedProcess({
      name: 'test',
      script,
      env: process.env,
      stopLimitMs: 5_000,
      onLine: () => undefined,
      onCrash: (why, pauseMs) => crashes.push([why, pauseMs]),
      onStart: (pid) => started.push(pid),
      ...options,
    });
    return managed;
  }

  afterEach(() => managed.kill());
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('notices that its process is ready and passes its output on', async () => {
    const lines: string[] = [];
    manage(`console.log('one'); console.error('two'); ${STAYS}`, {
      onLine: (line) => lines.push(line),
    }).start();
    expect(await managed.waitUntilReady(5_000)).toBe(true);
    await managed.stop();
    expect(lines.sort()).toEqual(['one', 'two']);
  });

  it('starts a crashed process again after a pause', async () => {
    manage(STAYS).start();
    await managed.waitUntilReady(5_000);
    process.kill(started[0]!, 'SIGKILL');
    while (started.length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(crashes).toEqual([['SIGKILL', 1_000]]);
    expect(await managed.waitUntilReady(5_000)).toBe(true);
    expect(await managed.stop()).toBe('ended');
    expect(isAlive(started[1]!)).toBe(false);
    expect(crashes).toHaveLength(1);
  });

  it('ends a process by force that does not stop in time, and does not start it again', async () => {
    manage(`process.on('SIGTERM', () => {}); ${STAYS}`, { stopLimitMs: 200 }).start();
    await managed.waitUntilReady(5_000);
    expect(await managed.stop()).toBe('killed');
    expect(started).toHaveLength(1);
    expect(crashes).toHaveLength(0);
  });
});
