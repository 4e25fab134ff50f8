import { runTypeScript } from './setup/run-typescript.mjs';
import { main } from './setup/setup.mjs';

await main(() => runTypeScript('workflows/testing/drill.ts'));
