import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from './setup/build.mjs';
import { checkNode, generate, installDependencies, main, root } from './setup/setup.mjs';

// The built code, as it runs in production; names of targets after -- choose some of them.
await main(async () => {
  checkNode();
  await installDependencies();
  await generate();
  await build();
  const { bench } = await import(pathToFileURL(join(root, 'dist', 'scripts', 'bench', 'index.js')).href);
  await bench(process.argv.slice(2));
});
