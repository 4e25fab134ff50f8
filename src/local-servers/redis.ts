import { spawnSync } from 'node:child_process';
import { freePort } from './ports';
import { ServerProcess } from './server-process';

export interface RedisServer
  extends Pick<ServerProcess, 'pid' | 'stop' | 'kill' | 'freeze' | 'thaw' | 'restart'> {
  readonly url: string;
}

/** Whether a Redis server is installed on this machine. */
export function hasRedis(): boolean {
  return spawnSync('redis-server', ['--version']).status === 0;
}

/** Starts a disposable Redis server that keeps everything in memory. */
export async function startRedis({ port }: { port?: number } = {}): Promise<RedisServer> {
  const actualPort = port ?? (await freePort());
  const server = await ServerProcess.start({
    name: 'Redis',
    command: 'redis-server',
    args: ['--port', String(actualPort), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
    ready: /Ready to accept connections/,
    // It loads nothing: it starts within milliseconds, or its port is taken.
    startLimitMs: 10_000,
    // It saves nothing either.
    stopLimitMs: 3_000,
  });
  return Object.assign(server, { url: `redis://127.0.0.1:${actualPort}` });
}
