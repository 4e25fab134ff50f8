import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { childrenOf, commandOf, endProcess, isAlive, startTimeOf } from './processes.cjs';

/** Starts a Node process that runs the code and then waits. Resolves after the code has run. */
async function startNode(code: string): Promise<{ child: ChildProcess; pid: number }> {
  const script = `${code}; setInterval(() => {}, 1000); process.send('up')`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  await once(child, 'message');
  return { child, pid: child.pid ?? 0 };
}

describe('processes', () => {
  it('knows a living process, its parent, its command and its start', async () => {
    const { pid } = await startNode('');
    expect(isAlive(pid)).toBe(true);
    expect(childrenOf(process.pid)).toContain(pid);
    expect(commandOf(pid)).toContain('setInterval');
    expect(startTimeOf(pid)).toBe(startTimeOf(pid));
    expect(startTimeOf(pid)).not.toBe(startTimeOf(1));
    await endProcess(pid, { graceMs: 5_000 });
    expect(isAlive(pid)).toBe(false);
  });

  it('lets a process end well within its grace', async () => {
    const { child, pid } = await startNode(
      `process.on('SIGTERM', () => setTimeout(() => process.exit(7), 100))`,
    );
    const exit = once(child, 'exit');
    expect(await endProcess(pid, { graceMs: 5_000 })).toBe('ended');
    expect(await exit).toEqual([7, null]);
  });

  it('ends a process by force that does not listen', async () => {
    const { child, pid } = await startNode(`process.on('SIGTERM', () => undefined)`);
    const exit = once(child, 'exit');
    expect(await endProcess(pid, { graceMs: 200 })).toBe('killed');
    expect(await exit).toEqual([null, 'SIGKILL']);
  });
});
