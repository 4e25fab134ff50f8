import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Intruder, recordEvents, sealAll } from '../src/features/audit/audit.builder';
import { projectRoot } from '../src/local-servers/project-root';
import { makeScratchFolder, type ScratchFolder } from '../src/local-servers/scratch-folder';
import { newId } from '../src/shared/ids';
import { createTestApp, type TestApp } from '../src/testing/app';

let app: TestApp;
let folder: ScratchFolder;
let tenantId: string;

beforeAll(async () => {
  app = await createTestApp();
  folder = makeScratchFolder();
  tenantId = newId();
  await recordEvents(app, tenantId, 10);
  await recordEvents(app, null, 2);
  await sealAll(app);
  await recordEvents(app, tenantId, 1);
});
afterAll(async () => {
  folder.remove();
  await app.close();
});

async function run(...args: string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(
    process.execPath,
    ['--require', join(projectRoot, 'src/testing/register.cjs'), 'scripts/cli.ts', 'audit:verify', ...args],
    { cwd: projectRoot, env: { PATH: process.env.PATH, DATABASE_URL: app.databaseUrl } },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, output };
}

describe('npm run audit:verify', () => {
  it('names the end of each chain and says that it is intact', async () => {
    const { code, output } = await run();
    expect(output).toMatch(
      new RegExp(
        `chain ${tenantId}: 10 sealed events, intact, ends at 10 with [0-9a-f]{64}; 1 event not sealed yet`,
      ),
    );
    expect(output).toContain('2 chains, all intact');
    expect(code).toBe(0);
  });

  it('names the first bad position of a broken chain, and reports the other chains as intact', async () => {
    const anchor = join(folder.path, 'anchor.json');
    expect((await run('--write-anchor', anchor)).code).toBe(0);
    expect((await run('--anchor', anchor)).code).toBe(0);

    const intruder = await Intruder.enter(app);
    const id = await intruder.eventAt(tenantId, 4);
    await intruder.does(`UPDATE audit_events SET action = 'test.other' WHERE id = $1`, id);
    await intruder.leave();
    const { code, output } = await run();
    expect(output).toContain(`chain ${tenantId}: 1 problem, the first at position 4`);
    expect(output).toContain(`position 4: changed: the event was changed after it was sealed (event ${id})`);
    expect(output).toContain('1 of 2 chains are NOT intact');
    expect(code).toBe(1);

    const json = await run('--json', '--tenant', tenantId);
    expect(json.code).toBe(1);
    expect(JSON.parse(json.output)).toMatchObject({
      chainId: tenantId,
      problemCount: 1,
      problems: [{ kind: 'changed', position: 4, eventId: id }],
    });
    expect((await run('--tenant', 'none')).code).toBe(0);

    const kept = JSON.parse(readFileSync(anchor, 'utf8'));
    kept.chains[0].hash = 'f'.repeat(64);
    writeFileSync(anchor, JSON.stringify(kept));
    expect((await run('--anchor', anchor)).output).toContain('anchor_differs');
  });

  it('ends with 2 if nothing could be compared', async () => {
    expect(await run('--tenant', newId())).toMatchObject({ code: 2 });
    expect(await run('--unknown')).toMatchObject({ code: 2 });
    writeFileSync(join(folder.path, 'other.json'), '{}');
    const { code, output } = await run('--anchor', join(folder.path, 'other.json'));
    expect([code, output]).toEqual([2, expect.stringContaining('was not written by --write-anchor')]);
  });

  it('explains its use', async () => {
    expect((await run('--help')).output).toContain('npm run audit:verify');
  });
});
