import { chmodSync, chownSync, cpSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { databaseAccount } from '../local-servers/database-user';
import { type PostgresServer, startPostgres } from '../local-servers/postgres';
import { makeScratchFolder } from '../local-servers/scratch-folder';
import type { TestPostgres } from './database';

export interface TestReplica extends PostgresServer {
  /** The application's address of its database. */
  readonly databaseUrl: string;
  /** Stops the server and removes its data. */
  remove(): Promise<void>;
}

/**
 * Starts a second server that follows the first by streaming replication. It is a copy of the first one's
 * folder, for which the first one stops for a moment, because the embedded binaries have no pg_basebackup.
 */
export async function startReplica(primary: TestPostgres): Promise<TestReplica> {
  const folder = makeScratchFolder();
  const dataDir = join(folder.path, 'data');
  await primary.stop('fast');
  cpSync(primary.dataDir, dataDir, { recursive: true, preserveTimestamps: true });
  // PostgreSQL starts in no folder that others can read, and newer releases of Node do not copy a folder's mode.
  chmodSync(dataDir, 0o700);
  await primary.restart();
  rmSync(join(dataDir, 'postmaster.pid'), { force: true });
  writeFileSync(join(dataDir, 'standby.signal'), '');
  giveToServer(dataDir);
  const { password, port, username } = new URL(primary.url);
  const server = await startPostgres({
    dataDir,
    password: decodeURIComponent(password),
    settings: {
      primary_conninfo: `host=127.0.0.1 port=${port} user=${username} password=${decodeURIComponent(password)}`,
      // Not fewer than the primary has, or it would not start.
      max_connections: 200,
      fsync: 'off',
      // It soon asks a primary again that was unreachable.
      wal_retrieve_retry_interval: 200,
    },
  });
  const url = Object.assign(new URL(primary.databaseUrl), { port: String(server.port) });
  return Object.assign(server, {
    databaseUrl: url.toString(),
    remove: async () => {
      await server.stop('immediate');
      folder.remove();
    },
  });
}

/** If root starts the server, it runs under another account, and the copy belongs to root. */
function giveToServer(folder: string): void {
  const account = databaseAccount();
  if (account === undefined) return;
  const inside = readdirSync(folder, { recursive: true }) as string[];
  for (const path of [folder, ...inside.map((name) => join(folder, name))])
    chownSync(path, account.uid, account.gid);
}
