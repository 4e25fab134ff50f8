import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitForExit } from './processes.cjs';

const GUARDIAN = join(__dirname, 'guardian.cjs');
const PROCESSES = join(__dirname, 'processes.cjs');

// A parent that starts a child, guards it, prints the child's PID and waits to be killed.
const PARENT = `
  const { spawn } = require('node:child_process');
  const { startTimeOf } = require(${JSON.stringify(PROCESSES)});
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true });
  const guardian = spawn(process.execPath, [${JSON.stringify(GUARDIAN)}], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  const tell = (entry) => guardian.stdin.write(JSON.stringify(entry) + '\\n');
  tell({ pid: child.pid, startTime: startTimeOf(child.pid), ask: 'SIGTERM', graceMs: 2000 });
  tell({ folder: process.env.FOLDER });
  process.send({ child: child.pid, guardian: guardian.pid });
  setInterval(() => {}, 1000);
`;

describe('the guardian', () => {
  it('ends the processes and removes the folders of a parent that was killed, then itself', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'raptscallions-guard-'));
    const parent = spawn(process.execPath, ['-e', PARENT], {
      env: { ...process.env, FOLDER: folder },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const [{ child, guardian }] = (await once(parent, 'message')) as [{ child: number; guardian: number }];
    parent.kill('SIGKILL');
    expect(await waitForExit(child, 5_000)).toBe(true);
    expect(await waitForExit(guardian, 5_000)).toBe(true);
    expect(existsSync(folder)).toBe(false);
  });
});
