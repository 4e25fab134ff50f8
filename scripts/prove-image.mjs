import { runTypeScript } from './infra/run-typescript.mjs';
import { main } from './infra/setup.mjs';

// `-- --help` tells what it takes.
await main(() => runTypeScript('scripts/prove-image.ts'));
