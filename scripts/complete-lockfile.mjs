// Adds to package-lock.json the packages for other platforms that npm left out. A registry mirror that holds
// the binaries of some platforms only makes npm write a lockfile which `npm ci` then refuses everywhere. Such an
// entry has the exact version and no checksum: nobody could compute one without the package.
// Run it after every `npm install` that changed the lockfile; a test says when it was forgotten.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { missingPackages } from './setup/lockfile.mjs';
import { main, root } from './setup/setup.mjs';
import steps from './setup/steps.cjs';

await main(async () => {
  const file = join(root, 'package-lock.json');
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const missing = missingPackages(lock);
  const packages = Object.entries({ ...lock.packages, ...missing });
  // In npm's own order, so that its next run changes nothing.
  lock.packages = Object.fromEntries(packages.sort(([a], [b]) => a.localeCompare(b, 'en')));
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  steps.note(`${Object.keys(missing).length} packages added to package-lock.json`);
});
