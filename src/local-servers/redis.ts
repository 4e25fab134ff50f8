import { spawnSync } from 'node:child_process';
import { freePort } from './ports';
import { ServerProcess } from './server-process';

export interface RedisServer
  extends Pick<ServerProcess, 'pid' | 'stop' | 'kill' | 'freeze' | 'thaw' | 'restart'> {
  readonly url: string;
}

/** Whether this machine has a Redis server to run. */
export function hasRedis(): boolean {
  return spawnSync('redis-server', ['--version']).status === 0;
}

/** Starts a throw-away Redis server that keeps everything in memory. */
export async function startRedis({ port }: { port?: number } = {}): Promise<RedisServer> {
  const actualPort = port ?? (await freePort());
  const server = await ServerProcess.start({
    name: 'Redis',
    command: 'redis-server',
    args: ['--port', String(actualPort), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
    ready: /Ready to accept connections/,
    // Nothing is loaded: it is up within milliseconds, or its port was taken.
    startLimitMs: 10_000,
    // Nothing is saved either.
    stopLimitMs: 3_000,
  });
  return Object.assign(server, { url: `redis://127.0.0.1:${actualPort}` });
}
