// Removes from node_modules what no process loads, which is two thirds of it. The image runs it after `npm
// ci --omit=dev`.
const { readdirSync, readFileSync, rmSync } = require('node:fs');
const { join } = require('node:path');

/** Prisma's query compilers for databases other than PostgreSQL. */
const OTHER_DATABASES = /cockroachdb|mysql|sqlite|sqlserver/;
/** Source maps and types serve only debuggers and editors. */
const NOT_LOADED = /\.(?:map|d\.[cm]?ts)$/;

/** @param {string} path */
const remove = (path) => rmSync(path, { recursive: true, force: true });

/** @type {{ packages: Record<string, { devOptional?: boolean }> }} */
const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
// npm keeps optional peers that are installed for development, such as the Prisma CLI and its dependencies.
for (const [path, { devOptional }] of Object.entries(lock.packages)) if (devOptional) remove(path);

// Temporal's native library is shipped for five platforms.
const releases = 'node_modules/@temporalio/core-bridge/releases';
const own = `${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-unknown-linux-gnu`;
for (const name of readdirSync(releases)) if (name !== own) remove(join(releases, name));

const compilers = 'node_modules/@prisma/client/runtime';
for (const name of readdirSync(compilers)) if (OTHER_DATABASES.test(name)) remove(join(compilers, name));

for (const entry of readdirSync('node_modules', { recursive: true, withFileTypes: true }))
  if (entry.isFile() && NOT_LOADED.test(entry.name)) remove(join(entry.parentPath, entry.name));
