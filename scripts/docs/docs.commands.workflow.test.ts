import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { loadConfig } from '../../src/config/config';
import { projectRoot } from '../../src/local-servers/project-root';
import { makeScratchFolder } from '../../src/local-servers/scratch-folder';
import { createTestApp, type TestApp, testEnv } from '../../src/testing/app';
import { createTestDatabase, type TestDatabase } from '../../src/testing/database';
import { createTestNamespace, type TestNamespace } from '../../src/testing/temporal';
import type { WorkerProcess } from '../../workflows/runtime/worker-process';
import { testWorkflowBundle } from '../../workflows/testing/bundle';
import { startTestWorker } from '../../workflows/testing/test-worker';
import { seedDemo } from '../demo/seed';
import { commandsOf, type DocumentedCommand } from './commands';
import { treatmentOf } from './commands.table';
import { readPages } from './markdown';

const pages = readPages();
const TOUR = 'README.md';
/** The helpers of the tour, which other pages refer to. */
const TOUR_HELPERS = /^(?:API=|PASSWORD=|json\(\)|call\(\)|login\(\))/;

/**
 * Programs that print the same for each page are run once, for the first page that names them: each takes a
 * second to start.
 */
const SAME_EVERYWHERE = /^npm run /;

const named = new Set<string>();
const toRun = new Map<string, readonly DocumentedCommand[]>(
  pages.map((page) => [
    page.path,
    commandsOf(page).filter(({ text }) => {
      const isNew = !SAME_EVERYWHERE.test(text) || !named.has(text);
      named.add(text);
      return isNew && treatmentOf(text)?.run === true;
    }),
  ]),
);
const helpers = (toRun.get(TOUR) ?? []).filter(({ text }) => TOUR_HELPERS.test(text));

/** Output that a reader must see, in addition to commands that succeed. */
const SEEN: Readonly<Record<string, readonly RegExp[]>> = {
  [TOUR]: [/^submitted$/m, /assistant: /, /^Good\. Say why sixths\.$/m, /"output"|"result"/],
  'docs/jobs.md': [
    /^seal-audit \(sealAudit\): /m,
    /^seal-audit was started$/m,
    /aggregate-usage-daily next 20/,
    /^[0-9a-f]{64}$/m,
    /^"?\d+ chains, all intact/m,
    /^Public Key:$/m,
  ],
  'docs/deploy/compose.md': [/^Wrote .*compose\.env, readable by you alone/m],
  'docs/operations.md': [/^\d+ ok, \d+ warnings?, 0 failed/m, /"status":"ready"/, /^k2:[A-Za-z0-9+/]{43}=$/m],
};

describe('the commands of the docs', () => {
  const scratch = makeScratchFolder();
  const bin = join(scratch.path, 'bin');
  let database: TestDatabase;
  let namespace: TestNamespace;
  let app: TestApp;
  let worker: WorkerProcess;
  let env: Record<string, string>;

  beforeAll(async () => {
    [database, namespace] = await Promise.all([createTestDatabase(), createTestNamespace()]);
    const { codePath } = await testWorkflowBundle();
    const secret = randomBytes(48).toString('base64');
    env = testEnv(database.url, { ...namespace.env, WORKFLOW_BUNDLE: codePath, SESSION_SECRET: secret });
    await seedDemo(loadConfig(env));
    [app, worker] = await Promise.all([
      createTestApp({ database, env: namespace.env }),
      startTestWorker({ databaseUrl: database.url, namespace, env: { WORKER_HEALTH_PORT: '0' } }),
    ]);
    mkdirSync(bin);
    const npm = join(__dirname, 'npm-of-the-tests.cjs');
    writeFileSync(join(bin, 'npm'), `#!/bin/sh\nexec '${process.execPath}' '${npm}' "$@"\n`, { mode: 0o755 });
  });
  afterAll(async () => {
    await worker?.stop();
    await app?.close();
    await namespace?.close();
    await database?.drop();
    scratch.remove();
  });

  /** The command with the addresses and folders of this test. */
  const here = (text: string): string =>
    text
      .replaceAll('http://localhost:3000', app.url)
      .replaceAll('http://localhost:9465', `http://127.0.0.1:${worker.health?.port}`)
      .replaceAll(' audit-anchors.json', ` ${scratch.path}/audit-anchors.json`)
      // Without this, it would write into the checkout, or refuse to because a file exists there.
      .replace(/^scripts\/setup-env/, `$& --output ${scratch.path}/compose.env`);

  /** One shell session, which ends with the first command that fails. */
  async function typed(
    commands: readonly DocumentedCommand[],
  ): Promise<{ code: number | null; output: string }> {
    const lines = commands.flatMap(({ page, line, text }) => [
      `echo ${JSON.stringify(`--- ${page}:${line}`)}`,
      here(text),
    ]);
    const script = [
      'set -euo pipefail',
      // A refusal by the server is a failure here, although curl itself exits with 0. A 503 from a machine
      // that is busy with other tests is repeated, as its Retry-After says.
      'curl() { command curl --fail --retry 10 --max-time 60 "$@"; }',
      ...lines,
    ].join('\n');
    const child = spawn('bash', ['-c', script], {
      cwd: projectRoot,
      env: { ...env, HOME: scratch.path, PATH: `${bin}:${process.env.PATH}` },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { code, output };
  }

  const pagesWithCommands = [...toRun].filter(([, commands]) => commands.length > 0);

  it.each(pagesWithCommands)('of %s do what the page says', async (path, commands) => {
    const { code, output } = await typed([...(path === TOUR ? [] : helpers), ...commands]);
    if (code !== 0) throw new Error(`ended with ${code}:\n${output}`);
    for (const pattern of SEEN[path] ?? []) expect(output).toMatch(pattern);
  });

  it('in SQL are accepted by the database', async () => {
    const client = new Client({ connectionString: database.adminUrl });
    await client.connect();
    try {
      for (const { path, fences } of pages)
        for (const { language, text, line } of fences) {
          if (language !== 'sql') continue;
          await client.query('BEGIN');
          await client.query(text).catch((error: Error) => {
            throw new Error(`${path}:${line}: ${error.message}`);
          });
          await client.query('ROLLBACK');
        }
    } finally {
      await client.end();
    }
  });
});
