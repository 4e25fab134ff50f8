import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { copyFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { withFileLock } from './file-lock';
import { buildWithGo, findOnPath, toolCachePath } from './go-tool';

// The newest version that the Go module proxy can build. A test keeps it equal to
// scripts/temporal-cli/go.mod.
export const TEMPORAL_CLI_VERSION = '1.5.1';

// Behind a firewall the download site never answers; the build from source must not wait long for it.
const CONNECT_LIMIT_MS = 5_000;

// Enough for 100 MB over a slow line.
const DOWNLOAD_LIMIT_MS = 180_000;

export type TemporalCliOrigin = 'PATH' | 'cache' | 'download' | 'Go build';

export interface TemporalCli {
  path: string;
  origin: TemporalCliOrigin;
}

export interface TemporalCliOptions {
  env?: NodeJS.ProcessEnv;
  downloadSite?: string;
  /** Receives progress messages while it takes long. */
  onProgress?: (text: string) => void;
}

export class TemporalCliUnavailableError extends Error {}

/**
 * Where this user's built or downloaded CLI is kept: outside the checkout, so that a fresh clone finds it.
 */
export function temporalCliCachePath(env: NodeJS.ProcessEnv = process.env): string {
  return toolCachePath(`temporal-${TEMPORAL_CLI_VERSION}`, env);
}

/** Finds the CLI on the PATH or in the user's cache. */
export function findTemporalCli(env: NodeJS.ProcessEnv = process.env): TemporalCli | undefined {
  const onPath = findOnPath('temporal', env);
  // Another program may have the same name, so it must have a development server.
  if (onPath && spawnSync(onPath, ['server', 'start-dev', '--help'], { env }).status === 0) {
    return { path: onPath, origin: 'PATH' };
  }
  const cached = temporalCliCachePath(env);
  return existsSync(cached) ? { path: cached, origin: 'cache' } : undefined;
}

/**
 * Returns the path of the CLI. If the machine has none, downloads or builds it and keeps it for the next
 * time. Two processes that need it at the same time make it once.
 */
export async function ensureTemporalCli(options: TemporalCliOptions = {}): Promise<TemporalCli> {
  const { env = process.env, onProgress = () => undefined } = options;
  const found = findTemporalCli(env);
  if (found) return found;
  const target = temporalCliCachePath(env);
  mkdirSync(dirname(target), { recursive: true });
  return withFileLock(
    `${target}.lock`,
    { onWait: () => onProgress('another process is installing it') },
    async () => {
      const meanwhile = findTemporalCli(env);
      if (meanwhile) return meanwhile;
      const problems: string[] = [];
      for (const [origin, make] of [
        ['download', download],
        ['Go build', build],
      ] as const) {
        try {
          await make(target, { ...options, env, onProgress });
          return { path: target, origin };
        } catch (error) {
          problems.push(`${origin}: ${(error as Error).message}`);
        }
      }
      throw new TemporalCliUnavailableError(
        `The Temporal CLI is not on the PATH and could not be installed. ${problems.join('; ')}`,
      );
    },
  );
}

type Make = TemporalCliOptions & Required<Pick<TemporalCliOptions, 'env' | 'onProgress'>>;

async function download(target: string, { downloadSite = 'https://temporal.download', onProgress }: Make) {
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  onProgress('asking temporal.download');
  const url = `${downloadSite}/cli/archive/v${TEMPORAL_CLI_VERSION}?platform=${process.platform}&arch=${arch}`;
  const archive = await fetchArchive(url, onProgress);
  const folder = mkdtempSync(join(tmpdir(), 'temporal-cli-'));
  try {
    await writeFile(join(folder, 'cli.tar.gz'), archive);
    await promisify(execFile)('tar', ['-xzf', 'cli.tar.gz', 'temporal'], { cwd: folder });
    // Copied first, because /tmp may be another file system, then renamed, so that no process sees half a
    // file.
    const unfinished = `${target}.${process.pid}`;
    await copyFile(join(folder, 'temporal'), unfinished);
    renameSync(unfinished, target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fetchArchive(url: string, onProgress: (text: string) => void): Promise<Buffer> {
  const abort = new AbortController();
  let limit = setTimeout(() => abort.abort(new Error('no answer within 5 s')), CONNECT_LIMIT_MS);
  try {
    const response = await fetch(url, { signal: abort.signal });
    if (!response.ok) throw new Error(`the download site answered ${response.status}`);
    clearTimeout(limit);
    limit = setTimeout(() => abort.abort(new Error('the download took too long')), DOWNLOAD_LIMIT_MS);
    onProgress('downloading');
    return Buffer.from(await response.arrayBuffer());
  } catch (error) {
    // "fetch failed" says nothing by itself; its cause does.
    throw (error as Error).cause ?? error;
  } finally {
    clearTimeout(limit);
  }
}

async function build(target: string, { env, onProgress }: Make): Promise<void> {
  const ldflags = `-X github.com/temporalio/cli/temporalcli.Version=${TEMPORAL_CLI_VERSION}`;
  const name = 'github.com/temporalio/cli/cmd/temporal';
  await buildWithGo({ folder: 'temporal-cli', package: name, target, ldflags, env, onProgress });
}
