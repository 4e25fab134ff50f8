import { build } from './setup/build.mjs';
import { checkNode, generate, installDependencies, main } from './setup/setup.mjs';

await main(async () => {
  checkNode();
  await installDependencies();
  await generate();
  await build();
});
