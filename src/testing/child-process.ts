import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const ROOT = path.resolve(__dirname, '../..');

/** One of our programs, run from its TypeScript in its own process. */
export class TestProcess {
  private text = '';
  private readonly ended: Promise<[number | null, NodeJS.Signals | null]>;

  private constructor(readonly child: ChildProcess) {
    child.stdout?.on('data', (chunk) => (this.text += chunk));
    child.stderr?.on('data', (chunk) => (this.text += chunk));
    this.ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  }

  /** @param env the whole environment, except PATH */
  static start(program: string, env: Record<string, string>, args: readonly string[] = []): TestProcess {
    const register = path.join(__dirname, 'register.cjs');
    return new TestProcess(
      spawn(process.execPath, ['--require', register, path.join(ROOT, program), ...args], {
        cwd: ROOT,
        env: { PATH: process.env.PATH ?? '', ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    );
  }

  /** Everything that it has printed so far. */
  get output(): string {
    return this.text;
  }

  /** Waits for a line that matches. @throws Error with the output if none comes */
  async untilPrinted(pattern: RegExp, limitMs = 30_000): Promise<RegExpExecArray> {
    const end = Date.now() + limitMs;
    for (;;) {
      const found = pattern.exec(this.text);
      if (found !== null) return found;
      if (Date.now() > end || this.child.exitCode !== null)
        throw new Error(`${pattern} was not printed:\n${this.text}`);
      await sleep(20);
    }
  }

  /** Waits for its end. @returns its exit code, or the signal that ended it */
  async exit(): Promise<number | NodeJS.Signals | null> {
    const [code, signal] = await this.ended;
    return code ?? signal;
  }

  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    if (this.child.exitCode === null) this.child.kill(signal);
  }
}
