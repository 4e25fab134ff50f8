import { generate, installDependencies, main } from './infra/setup.mjs';

await main(async () => {
  await installDependencies();
  await generate();
});
