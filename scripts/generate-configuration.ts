import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../src/local-servers/project-root';
import { configurationPage } from './docs/configuration';

const PAGE = 'docs/configuration.md';

writeFileSync(join(projectRoot, PAGE), configurationPage());
console.log(`${PAGE} was written`);
