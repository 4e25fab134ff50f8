import { generate, installDependencies, main } from './setup/setup.mjs';

await main(async () => {
  await installDependencies();
  await generate();
});
