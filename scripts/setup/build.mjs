import { cpSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import { contentHash, root, run, unlessDone } from './setup.mjs';
import steps from './steps.cjs';

const SOURCES = [
  'src',
  'workflows',
  'scripts',
  'prisma',
  'tsconfig.json',
  'tsconfig.build.json',
  'package-lock.json',
];

// A .js file in src is meant for the browser and stays as it is.
const COMPILED = new Set(['.ts', '.cjs', '.mjs']);

async function compile() {
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  await run(process.execPath, ['node_modules/typescript/bin/tsc', '--project', 'tsconfig.build.json']);
}

// Copies all other files, because the compiler ignores them and the compiled code looks for them beside
// itself.
function copyAssets() {
  for (const folder of ['src', 'workflows', 'prisma/migrations', 'scripts/demo/data']) {
    if (!existsSync(join(root, folder))) continue;
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true, recursive: true })) {
      const source = join(entry.parentPath, entry.name);
      if (!entry.isFile() || COMPILED.has(extname(entry.name)) || source.includes('/histories/')) continue;
      cpSync(source, join(root, 'dist', source.slice(root.length + 1)));
    }
  }
}

/**
 * Bundles the workflows once: a worker in production runs exactly the code that was tested, and needs no
 * bundler.
 */
async function bundleWorkflows() {
  const entry = join(root, 'dist', 'workflows', 'index.js');
  if (!existsSync(entry)) return;
  const { bundleWorkflowCode } = createRequire(import.meta.url)('@temporalio/worker');
  /** @type {string[]} */
  const messages = [];
  const keep = (/** @type {string} */ message) => void messages.push(message);
  const logger = { log: keep, trace: () => {}, debug: () => {}, info: () => {}, warn: keep, error: keep };
  try {
    const failureConverterPath = join(root, 'dist', 'src', 'platform', 'temporal', 'failure-converter.js');
    const { code } = await bundleWorkflowCode({
      workflowsPath: entry,
      workflowInterceptorModules: [join(root, 'dist', 'workflows', 'shared', 'trace-interceptors.js')],
      failureConverterPath,
      logger,
    });
    writeFileSync(join(root, 'dist', 'workflows', 'bundle.js'), code);
  } catch (cause) {
    throw new Error(`The workflows could not be bundled: ${String(cause)}\n${messages.join('\n')}`, {
      cause,
    });
  }
}

/** Builds `dist/` if the sources have changed since the last build. */
export async function build() {
  const hash = contentHash(SOURCES, (file) => !file.endsWith('.test.ts'));
  await unlessDone('dist/.stamp', hash, async () => {
    await steps.step('Compiling', compile);
    copyAssets();
    await steps.step('Bundling the workflows', bundleWorkflows);
  });
}
