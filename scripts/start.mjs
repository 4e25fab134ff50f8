import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from './infra/build.mjs';
import { checkNode, generate, installDependencies, main, root } from './infra/setup.mjs';

await main(async () => {
  checkNode();
  await installDependencies();
  await generate();
  await build();
  // In this same process: one less to pass signals on to.
  await import(pathToFileURL(join(root, 'dist', 'scripts', 'dev.js')).href);
});
