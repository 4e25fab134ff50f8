import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { projectRoot } from '../../src/local-servers/project-root';

const FAILURE_CONVERTER = join(projectRoot, 'src', 'platform', 'temporal', 'failure-converter.ts');
const INTERCEPTORS = join(projectRoot, 'workflows', 'shared', 'trace-interceptors.ts');
const IMPATIENCE = join(projectRoot, 'workflows', 'testing', 'impatience.ts');
const FOLDER = join(projectRoot, 'node_modules', '.cache', 'raptscallions');

/**
 * Everything that can end up in the bundle: our workflows, the contracts that they share with `src`, and
 * the SDK.
 */
function fingerprint(): string {
  const hash = createHash('sha256');
  for (const folder of ['workflows', 'src/features', 'src/platform/temporal']) {
    for (const file of readdirSync(join(projectRoot, folder), { recursive: true, encoding: 'utf8' }).sort()) {
      if (folder !== 'workflows' && !/(contract|failure-converter)\.ts$/.test(file)) continue;
      if (file.endsWith('.ts') && !file.endsWith('.test.ts'))
        hash.update(file).update(readFileSync(join(projectRoot, folder, file)));
    }
  }
  return hash
    .update(readFileSync(join(projectRoot, 'package-lock.json')))
    .digest('hex')
    .slice(0, 16);
}

/** Bundles a workflow entry point. @throws Error with the bundler's messages */
export async function bundle(workflowsPath: string, interceptors: readonly string[] = []): Promise<string> {
  const messages: string[] = [];
  const logger = new DefaultLogger('WARN', (entry) => void messages.push(entry.message));
  try {
    const { code } = await bundleWorkflowCode({
      workflowsPath,
      workflowInterceptorModules: [INTERCEPTORS, ...interceptors],
      failureConverterPath: FAILURE_CONVERTER,
      logger,
    });
    return code;
  } catch (cause) {
    throw new Error(`${workflowsPath} cannot be bundled:\n${messages.join('\n')}`, { cause });
  }
}

/**
 * Returns the bundle of our workflows, built once for all test files while its inputs stay the same.
 * @param isPatient keeps production's pauses between attempts, as recording and replaying histories need
 * them
 */
export async function testWorkflowBundle({ isPatient = false } = {}): Promise<{ codePath: string }> {
  const name = isPatient ? 'workflow-bundle' : 'impatient-bundle';
  const codePath = join(FOLDER, `${name}-${fingerprint()}.js`);
  if (!existsSync(codePath)) {
    mkdirSync(FOLDER, { recursive: true });
    const unfinished = `${codePath}.${process.pid}`;
    writeFileSync(
      unfinished,
      await bundle(join(projectRoot, 'workflows', 'index.ts'), isPatient ? [] : [IMPATIENCE]),
    );
    renameSync(unfinished, codePath);
  }
  return { codePath };
}
