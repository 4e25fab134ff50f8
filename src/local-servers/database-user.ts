import { spawnSync } from 'node:child_process';

/** The account under which PostgreSQL runs, because PostgreSQL refuses to run as root. */
export interface ServerAccount {
  uid: number;
  gid: number;
}

const ACCOUNT_NAME = 'postgres';

function idOf(flag: '-u' | '-g'): number | undefined {
  const { status, stdout } = spawnSync('id', [flag, ACCOUNT_NAME], { encoding: 'utf8' });
  return status === 0 ? Number(stdout) : undefined;
}

function findAccount(): ServerAccount | undefined {
  const uid = idOf('-u');
  const gid = idOf('-g');
  return uid === undefined || gid === undefined ? undefined : { uid, gid };
}

let known: ServerAccount | undefined;

/**
 * Undefined for an ordinary user, who runs the server as themselves. For root it is the account `postgres`,
 * which is created if the machine has none.
 */
export function databaseAccount(): ServerAccount | undefined {
  if (process.getuid?.() !== 0) return undefined;
  known ??= findAccount();
  if (known) return known;
  const options = ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin'];
  const { stderr, error } = spawnSync('useradd', [...options, ACCOUNT_NAME], { encoding: 'utf8' });
  known = findAccount();
  if (known) return known;
  throw new Error(
    `PostgreSQL cannot run as root, and the account "${ACCOUNT_NAME}" could not be made ` +
      `(${error?.message ?? stderr.trim()}). Create it, start as an ordinary user, or set DATABASE_URL.`,
  );
}

/** Whether the account can pass through or execute (`-x`) or read (`-r`) the path. */
export function accountCan(account: ServerAccount, test: '-x' | '-r', path: string): boolean {
  return spawnSync('test', [test, path], { ...account, cwd: '/' }).status === 0;
}
