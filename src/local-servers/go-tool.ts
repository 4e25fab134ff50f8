import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { withFileLock } from './file-lock';
import { guardProcess } from './guard';
import { projectRoot } from './project-root';

export interface GoTool {
  /** The folder below `scripts` whose go.mod names the version. */
  folder: string;
  package: string;
  /** The path at which the program is stored. */
  target: string;
  ldflags?: string;
  env: NodeJS.ProcessEnv;
  onProgress: (text: string) => void;
}

/**
 * Where this user's built or downloaded programs are kept: outside the checkout, so that a fresh clone
 * finds them.
 */
export function toolCachePath(name: string, env: NodeJS.ProcessEnv = process.env): string {
  const home = env.HOME ?? homedir();
  const caches = process.platform === 'darwin' ? join(home, 'Library', 'Caches') : join(home, '.cache');
  return join(env.XDG_CACHE_HOME || caches, 'raptscallions', `${name}-${process.platform}-${process.arch}`);
}

/** The path of a program on the PATH, or undefined. */
export function findOnPath(name: string, env: NodeJS.ProcessEnv): string | undefined {
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/**
 * Returns the path of the program, and builds it if it was not built before. Two processes that need it at
 * the same time build it once.
 * @param name the name under which it is stored, including its version
 * @throws Error if there is no Go toolchain
 */
export async function ensureGoTool(
  name: string,
  tool: Pick<GoTool, 'folder' | 'package'>,
  onProgress: (text: string) => void = () => {},
): Promise<string> {
  const target = toolCachePath(name);
  if (existsSync(target)) return target;
  mkdirSync(dirname(target), { recursive: true });
  const onWait = (): void => onProgress('another process is making it');
  return withFileLock(`${target}.lock`, { onWait }, async () => {
    if (!existsSync(target)) await buildWithGo({ ...tool, target, env: process.env, onProgress });
    return target;
  });
}

/** Builds the program with this machine's Go toolchain. @throws Error if there is none or the build fails */
export async function buildWithGo(tool: GoTool): Promise<void> {
  const { folder, target, ldflags = '', env, onProgress } = tool;
  if (!findOnPath('go', env)) throw new Error('no Go toolchain on the PATH');
  onProgress('building with Go');
  const unfinished = `${target}.${process.pid}`;
  const flags = ['-mod=readonly', '-trimpath', '-v', `-ldflags=-s -w ${ldflags}`.trim(), '-o', unfinished];
  const go = spawn('go', ['build', ...flags, tool.package], {
    cwd: join(projectRoot, 'scripts', folder),
    env: { ...env, GOWORK: 'off', GOFLAGS: '-buildvcs=false' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  guardProcess(go);
  let compiled = 0;
  const messages: string[] = [];
  createInterface({ input: go.stderr }).on('line', (line) => {
    // With -v, each line of one word names a package that is being compiled.
    if (/^\S+$/.test(line)) onProgress(`building with Go, ${++compiled} packages`);
    else if (messages.push(line) > 5) messages.shift();
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    go.once('error', reject).once('close', resolve);
  });
  if (code !== 0) {
    rmSync(unfinished, { force: true });
    throw new Error(`go build failed: ${messages.join(' | ')}`);
  }
  renameSync(unfinished, target);
}
