import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accountCan, databaseAccount } from './database-user';
import { guardFolder, releaseFolder } from './guard';

export interface ScratchFolder {
  path: string;
  remove(): void;
}

/**
 * Creates a temporary folder in which a database server may work. It is removed when this process ends, if
 * not before.
 */
export function makeScratchFolder(): ScratchFolder {
  const account = databaseAccount();
  const base = !account || accountCan(account, '-x', tmpdir()) ? tmpdir() : '/tmp';
  const path = mkdtempSync(join(base, 'raptscallions-'));
  guardFolder(path);
  if (account) chownSync(path, account.uid, account.gid);
  return {
    path,
    remove: () => {
      rmSync(path, { recursive: true, force: true });
      releaseFolder(path);
    },
  };
}
