import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../src/config/config';

/** Thrown at start: without its workflows, a worker could only fail one task after another. */
export class BundleMissingError extends Error {
  constructor(path: string) {
    super(
      `The workflow bundle ${path} does not exist. "npm run build" makes it; WORKFLOW_BUNDLE names another place.`,
    );
  }
}

/**
 * Finds the workflows that were bundled at build time. Nothing is bundled at run time, so that the tested
 * code is what runs.
 * @param folder the folder of the worker itself
 * @throws BundleMissingError
 */
export function findWorkflowBundle(config: Config, folder: string): { codePath: string } {
  const codePath = config.WORKFLOW_BUNDLE ?? join(folder, 'bundle.js');
  if (!existsSync(codePath)) throw new BundleMissingError(codePath);
  return { codePath };
}
