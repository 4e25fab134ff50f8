import { runTypeScript } from './infra/run-typescript.mjs';
import { main } from './infra/setup.mjs';

await main(() => runTypeScript('scripts/generate-configuration.ts'));
