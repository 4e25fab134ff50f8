import { spawnSync } from 'node:child_process';
import { chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { databaseAccount } from './database-user';
import { freePort } from './ports';
import { makeScratchFolder } from './scratch-folder';
import { ServerProcess } from './server-process';

/** Debian installs it in a folder that is only on an administrator's PATH. */
const PLACES = ['pgbouncer', '/usr/sbin/pgbouncer'];

export interface PgBouncerServer
  extends Pick<ServerProcess, 'pid' | 'stop' | 'kill' | 'freeze' | 'thaw' | 'restart'> {
  /** The address of the same database with the same user, through the pooler. */
  readonly url: string;
  /** Stops the pooler and removes its files. */
  remove(): Promise<void>;
}

/** The program, or undefined on a machine without it. */
export function findPgBouncer(): string | undefined {
  return PLACES.find((place) => spawnSync(place, ['--version']).status === 0);
}

export interface PgBouncerOptions {
  /** The address of the database behind the pooler. */
  databaseUrl: string;
  /** Connections to the server, shared by all clients. */
  poolSize: number;
}

/**
 * Starts a PgBouncer in transaction mode in front of a database, with no setting that would make its use
 * easier.
 */
export async function startPgBouncer({ databaseUrl, poolSize }: PgBouncerOptions): Promise<PgBouncerServer> {
  const command = findPgBouncer();
  if (command === undefined) throw new Error('There is no pgbouncer on this machine.');
  const folder = makeScratchFolder();
  const database = new URL(databaseUrl);
  const port = await freePort();
  const name = database.pathname.slice(1);
  const users = join(folder.path, 'users.txt');
  const ini = join(folder.path, 'pgbouncer.ini');
  writeFileSync(users, `"${database.username}" "${decodeURIComponent(database.password)}"\n`, {
    mode: 0o600,
  });
  writeFileSync(
    ini,
    [
      '[databases]',
      `${name} = host=${database.hostname} port=${database.port} dbname=${name}`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${port}`,
      'unix_socket_dir =',
      'auth_type = scram-sha-256',
      `auth_file = ${users}`,
      'pool_mode = transaction',
      `default_pool_size = ${poolSize}`,
      'max_client_conn = 500',
      // A server that comes back is noticed soon. The default of 15 s would be longer than the recovery
      // time that we promise.
      'server_login_retry = 1',
    ].join('\n'),
    { mode: 0o600 },
  );
  const account = databaseAccount();
  if (account) for (const path of [users, ini]) chownSync(path, account.uid, account.gid);
  const server = await ServerProcess.start({
    name: 'PgBouncer',
    command,
    // PgBouncer refuses to run as root; it then runs under the server's account.
    args: [...(account ? ['--user=postgres'] : []), ini],
    ready: /process up/,
    // It loads nothing: it starts within milliseconds, or its port is taken.
    startLimitMs: 10_000,
    // When asked to end, it waits for its clients to disconnect.
    stopLimitMs: 1_000,
  });
  const url = Object.assign(new URL(databaseUrl), { hostname: '127.0.0.1', port: String(port) }).toString();
  return Object.assign(server, {
    url,
    remove: async () => {
      await server.kill();
      folder.remove();
    },
  });
}
