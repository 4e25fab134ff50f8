import { build } from './infra/build.mjs';
import { checkNode, generate, installDependencies, main } from './infra/setup.mjs';

await main(async () => {
  checkNode();
  await installDependencies();
  await generate();
  await build();
});
