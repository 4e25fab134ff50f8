import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { guardProcess } from '../../src/local-servers/guard';

// The last lines of a failed script: enough to see why, few enough to read.
const SHOWN_LINES = 25;

/** Runs one of our Node scripts to its end; throws with its last lines when it fails. */
export async function runScript(
  script: string,
  env: NodeJS.ProcessEnv,
  onLine: (line: string) => void,
  args: readonly string[] = [],
): Promise<void> {
  const child = spawn(process.execPath, ['--enable-source-maps', script, ...args], {
    env,
    // Its own group: Ctrl-C ends it through the launcher, not in the middle of what it writes.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  guardProcess(child);
  const lines: string[] = [];
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on('line', (line) => {
      if (lines.push(line) > SHOWN_LINES) lines.shift();
      onLine(line);
    });
  }
  const code = await new Promise<number | NodeJS.Signals | null>((resolve, reject) => {
    child.once('error', reject).once('close', (status, signal) => resolve(signal ?? status));
  });
  if (code !== 0) throw new Error(`${script} ended with ${code}:\n${lines.join('\n')}`);
}
