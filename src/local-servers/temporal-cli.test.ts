import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { projectRoot } from './project-root';
import { ensureTemporalCli, TEMPORAL_CLI_VERSION, temporalCliCachePath } from './temporal-cli';

// Nothing listens on this port; fetch refuses the lowest ports itself.
const NO_SITE = 'http://127.0.0.1:59';

// Replaces a Go toolchain: writes the file that it should build, and records the call.
const FAKE_GO = `#!/bin/sh
echo called >> "$GO_LOG"
while [ $# -gt 0 ]; do [ "$1" = -o ] && echo built > "$2"; shift; done
`;

describe('the Temporal CLI', () => {
  let folder: string;
  let env: NodeJS.ProcessEnv;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'raptscallions-cli-'));
    mkdirSync(join(folder, 'bin'));
    const goLog = join(folder, 'go.log');
    writeFileSync(goLog, '');
    env = { PATH: join(folder, 'bin'), XDG_CACHE_HOME: join(folder, 'cache'), GO_LOG: goLog };
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function install(name: string, script: string): string {
    const path = join(folder, 'bin', name);
    writeFileSync(path, script);
    chmodSync(path, 0o755);
    return path;
  }

  async function serveArchive<T>(work: (site: string) => Promise<T>): Promise<T> {
    writeFileSync(join(folder, 'temporal'), 'downloaded');
    execFileSync('tar', ['-czf', 'cli.tar.gz', 'temporal'], { cwd: folder });
    const site = createServer((_, response) => response.end(readFileSync(join(folder, 'cli.tar.gz'))));
    await new Promise<void>((resolve) => {
      site.listen(0, '127.0.0.1', resolve);
    });
    try {
      return await work(`http://127.0.0.1:${(site.address() as AddressInfo).port}`);
    } finally {
      site.close();
    }
  }

  it('is taken from the PATH before the cache', async () => {
    const path = install('temporal', '#!/bin/sh\nexit 0\n');
    mkdirSync(dirname(temporalCliCachePath(env)), { recursive: true });
    writeFileSync(temporalCliCachePath(env), 'cached');
    expect(await ensureTemporalCli({ env, downloadSite: NO_SITE })).toEqual({ path, origin: 'PATH' });
  });

  it('is taken from the cache when what the PATH has is another program', async () => {
    install('temporal', '#!/bin/sh\nexit 1\n');
    mkdirSync(dirname(temporalCliCachePath(env)), { recursive: true });
    writeFileSync(temporalCliCachePath(env), 'cached');
    const cli = await ensureTemporalCli({ env, downloadSite: NO_SITE });
    expect(cli).toEqual({ path: temporalCliCachePath(env), origin: 'cache' });
  });

  it('is downloaded before it is built, and kept', async () => {
    install('go', FAKE_GO);
    await serveArchive(async (downloadSite) => {
      const cli = await ensureTemporalCli({ env, downloadSite });
      expect(cli.origin).toBe('download');
      expect(readFileSync(cli.path, 'utf8')).toBe('downloaded');
    });
    expect((await ensureTemporalCli({ env, downloadSite: NO_SITE })).origin).toBe('cache');
  });

  it('is built if nothing can be downloaded, once for two simultaneous callers', async () => {
    install('go', FAKE_GO);
    const wanted = { env, downloadSite: NO_SITE };
    const both = await Promise.all([ensureTemporalCli(wanted), ensureTemporalCli(wanted)]);
    expect(both.map(({ origin }) => origin).sort()).toEqual(['Go build', 'cache']);
    expect(readFileSync(both[0].path, 'utf8')).toBe('built\n');
    expect(readFileSync(join(folder, 'go.log'), 'utf8')).toBe('called\n');
  });

  it('is built although an earlier builder died and left its lock', async () => {
    install('go', FAKE_GO);
    mkdirSync(dirname(temporalCliCachePath(env)), { recursive: true });
    writeFileSync(`${temporalCliCachePath(env)}.lock`, JSON.stringify({ pid: 1, startTime: 'long ago' }));
    expect((await ensureTemporalCli({ env, downloadSite: NO_SITE })).origin).toBe('Go build');
  });

  it('names each way that failed when there is none to be had', async () => {
    const wanted = ensureTemporalCli({ env, downloadSite: NO_SITE });
    await expect(wanted).rejects.toThrow(/download: .*ECONNREFUSED.*Go build: no Go toolchain/);
  });

  it('is the version that the Go module names', () => {
    const goMod = readFileSync(join(projectRoot, 'scripts', 'temporal-cli', 'go.mod'), 'utf8');
    expect(goMod).toContain(`github.com/temporalio/cli v${TEMPORAL_CLI_VERSION}\n`);
  });
});
