import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureGoTool, findOnPath, toolCachePath } from './go-tool';
import { freePort } from './ports';
import { makeScratchFolder } from './scratch-folder';
import { ServerProcess } from './server-process';

// A test keeps it equal to scripts/versitygw/go.mod.
export const VERSITYGW_VERSION = '1.8.0';

export interface S3Server extends Pick<ServerProcess, 'stop' | 'kill' | 'restart'> {
  endpoint: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** The bucket, which exists from the start. */
  bucket: string;
  /** Stops the server and removes its data. */
  remove(): Promise<void>;
}

const NAME = `versitygw-${VERSITYGW_VERSION}`;

/** Whether this machine has the program or can build it. */
export function canHaveVersitygw(env: NodeJS.ProcessEnv = process.env): boolean {
  return existsSync(toolCachePath(NAME, env)) || findOnPath('go', env) !== undefined;
}

/** Returns the path of versitygw. @throws Error if there is no Go toolchain to build it with */
export const ensureVersitygw = (onProgress?: (text: string) => void): Promise<string> =>
  ensureGoTool(
    NAME,
    { folder: 'versitygw', package: 'github.com/versity/versitygw/cmd/versitygw' },
    onProgress,
  );

/** Starts a disposable S3 server on a folder. */
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
      // Not every file system has extended attributes, so the metadata of files goes into a separate
      // folder.
      ...['posix', '--sidecar', sidecar, root],
    ],
    ready: /127\.0\.0\.1:\d+/,
    // It only opens a folder and a port.
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
