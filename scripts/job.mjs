import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runTypeScript } from './setup/run-typescript.mjs';
import { main, root } from './setup/setup.mjs';

const envFile = join(root, '.env');
if (existsSync(envFile)) process.loadEnvFile(envFile);

// Without words it tells what it takes.
await main(() => runTypeScript('scripts/job.ts'));
