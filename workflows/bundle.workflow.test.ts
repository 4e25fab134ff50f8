import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as workflows from './index';
import { bundle, testWorkflowBundle } from './testing/bundle';

/** A job is a folder with a workflow in it. */
const JOBS = readdirSync(__dirname).filter((name) => existsSync(join(__dirname, name, 'workflow.ts')));
const camelCase = (name: string): string =>
  name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

describe('the workflow bundle', () => {
  it('contains every workflow of the table of contents', async () => {
    const { codePath } = await testWorkflowBundle({ isPatient: true });
    const code = readFileSync(codePath, 'utf8');
    expect(Object.keys(workflows).sort()).toEqual(JOBS.map(camelCase).sort());
    for (const name of Object.keys(workflows)) expect(code).toContain(`async function ${name}(`);
  });

  it('contains nothing of the server, of its libraries or of Node', async () => {
    const { codePath } = await testWorkflowBundle({ isPatient: true });
    const code = readFileSync(codePath, 'utf8');
    const modules = [...code.matchAll(/^\/\*\*\*\/ "([^"]+)":?$/gm)].map((match) => match[1] ?? '');
    const ours = modules.filter((name) => !name.includes('node_modules'));
    expect(ours.length).toBeGreaterThan(0);
    expect(
      modules.filter((name) =>
        /node_modules\/(?!@temporalio\/|long\/|ms\/|nexus-rpc\/|protobufjs\/|@protobufjs\/)/.test(name),
      ),
    ).toEqual([]);
    // Contracts, and the module that writes failures into histories: both are pure.
    const allowed = /\.contract\.ts$|^\.\/src\/platform\/temporal\/failure-converter\.ts$/;
    expect(ours.filter((name) => name.startsWith('./src/') && !allowed.test(name))).toEqual([]);
    expect(code).not.toMatch(/require\("(node:|fs|crypto|http)/);
  });

  it('cannot be made of a workflow that reaches for Node', async () => {
    await expect(bundle(join(__dirname, 'testing', 'forbidden-workflow.ts'))).rejects.toThrow(/node:fs/);
  });
});
