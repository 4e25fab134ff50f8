import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configurationPage } from './docs/configuration';
import { projectRoot } from './infra/project-root';

const PAGE = 'docs/configuration.md';

writeFileSync(join(projectRoot, PAGE), configurationPage());
console.log(`${PAGE} was written`);
