import { join } from 'node:path';
import { build } from './infra/build.mjs';
import { checkNode, generate, installDependencies, main, root, run } from './infra/setup.mjs';

// The built code, as it runs in production; names of targets after -- choose some of them.
await main(async () => {
  checkNode();
  await installDependencies();
  await generate();
  await build();
  await run(process.execPath, [join(root, 'dist', 'scripts', 'bench', 'index.js'), ...process.argv.slice(2)]);
});
