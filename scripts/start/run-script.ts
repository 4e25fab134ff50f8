import { execa } from 'execa';
import { guardProcess } from '../../src/local-servers/guard';

// Lines to show of a failed script: enough to see the cause, few enough to read.
const SHOWN_LINES = 25;

/** Runs one of our Node scripts to its end. Throws with its last lines if it fails. */
export async function runScript(
  script: string,
  env: NodeJS.ProcessEnv,
  onLine: (line: string) => void,
  args: readonly string[] = [],
): Promise<void> {
  const child = execa(process.execPath, ['--enable-source-maps', script, ...args], {
    env,
    extendEnv: false,
    // Its own process group: Ctrl-C ends it through the launcher, not in the middle of a write.
    detached: true,
    stdin: 'ignore',
    all: true,
    lines: true,
    reject: false,
  });
  guardProcess(child);
  for await (const line of child.iterable({ from: 'all' })) onLine(line);
  const { failed, exitCode, signal, all } = await child;
  if (failed)
    throw new Error(`${script} ended with ${signal ?? exitCode}:\n${all.slice(-SHOWN_LINES).join('\n')}`);
}
