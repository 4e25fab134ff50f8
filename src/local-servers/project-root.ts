import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

function findProjectRoot(from: string): string {
  if (existsSync(join(from, 'package.json'))) return from;
  const parent = dirname(from);
  if (parent === from) throw new Error(`No package.json above ${__dirname}`);
  return findProjectRoot(parent);
}

/** The root of the checkout, whether this code runs from the sources or from `dist/`. */
export const projectRoot = findProjectRoot(__dirname);
