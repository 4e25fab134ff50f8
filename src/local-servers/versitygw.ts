import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { withFileLock } from './file-lock';
import { buildWithGo, findOnPath, toolCachePath } from './go-tool';
import { freePort } from './ports';
import { makeScratchFolder } from './scratch-folder';
import { ServerProcess } from './server-process';

// Kept equal to scripts/versitygw/go.mod by a test.
export const VERSITYGW_VERSION = '1.8.0';

export interface S3Server extends Pick<ServerProcess, 'stop' | 'kill' | 'restart'> {
  endpoint: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** There from the start. */
  bucket: string;
  /** Ends it and removes what it holds. */
  remove(): Promise<void>;
}

/** The S3 server that this machine has already, or null where it could not be built either. */
export function canHaveVersitygw(env: NodeJS.ProcessEnv = process.env): boolean {
  return existsSync(cachePath(env)) || findOnPath('go', env) !== undefined;
}

const cachePath = (env: NodeJS.ProcessEnv): string => toolCachePath(`versitygw-${VERSITYGW_VERSION}`, env);

/** The path of versitygw: that of an earlier time, else built now. @throws Error where there is no Go toolchain. */
export async function ensureVersitygw(onProgress: (text: string) => void = () => {}): Promise<string> {
  const target = cachePath(process.env);
  if (existsSync(target)) return target;
  mkdirSync(dirname(target), { recursive: true });
  return withFileLock(
    `${target}.lock`,
    { onWait: () => onProgress('another process is making it') },
    async () => {
      const name = 'github.com/versity/versitygw/cmd/versitygw';
      if (!existsSync(target))
        await buildWithGo({ folder: 'versitygw', package: name, target, env: process.env, onProgress });
      return target;
    },
  );
}

/** Starts a throw-away S3 server on a folder. */
export async function startVersitygw(command: string): Promise<S3Server> {
  const [folder, port] = [makeScratchFolder(), await freePort()];
  const [accessKeyId, secretAccessKey, bucket] = ['test-access-key', 'test-secret-key', 'exports-test'];
  const [root, sidecar] = [join(folder.path, 'root'), join(folder.path, 'metadata')];
  mkdirSync(join(root, bucket), { recursive: true });
  mkdirSync(sidecar);
  const server = await ServerProcess.start({
    name: 'versitygw',
    command,
    args: [
      ...['--port', `127.0.0.1:${port}`, '--access', accessKeyId, '--secret', secretAccessKey],
      // Not every file system has extended attributes: what it notes of a file goes into a folder of its own.
      ...['posix', '--sidecar', sidecar, root],
    ],
    ready: /127\.0\.0\.1:\d+/,
    // It opens a folder and a port.
    startLimitMs: 20_000,
    stopLimitMs: 5_000,
  });
  return Object.assign(server, {
    endpoint: `http://127.0.0.1:${port}`,
    accessKeyId,
    secretAccessKey,
    bucket,
    remove: async () => {
      await server.kill();
      folder.remove();
    },
  });
}
