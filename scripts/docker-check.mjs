import { runTypeScript } from './setup/run-typescript.mjs';
import { main } from './setup/setup.mjs';

// `-- --help` tells what it takes.
await main(() => runTypeScript('scripts/docker-check.ts'));
