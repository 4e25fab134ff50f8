import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { accountCan, databaseAccount } from '../../src/local-servers/database-user';
import { type PostgresServer, startPostgres } from '../../src/local-servers/postgres';
import { commandOf, endProcess } from '../../src/local-servers/processes.cjs';
import { note } from '../setup/steps.cjs';
import type { LocalData } from './local-data.cjs';

const NAME = 'raptscallions';

// A server without its launcher writes one checkpoint and ends.
const LEFTOVER_LIMIT_MS = 20_000;

export interface DevelopmentDatabase {
  server: PostgresServer;
  /** The application connects with it: as the database's owner, who is no superuser. */
  url: string;
}

/**
 * Starts this checkout's own PostgreSQL, and creates the application's role and database if they are
 * missing.
 */
export async function startDevelopmentDatabase(data: LocalData, port: number): Promise<DevelopmentDatabase> {
  const secrets = data.secrets();
  const folder = databaseFolder(data);
  const dataDir = join(folder, 'postgres');
  await endLeftover(dataDir);
  const server = await startPostgres({ dataDir, port, password: secrets.superuserPassword });
  try {
    await prepare(server.url, secrets.databasePassword);
  } catch (cause) {
    await server.stop();
    throw new Error(
      `The database in ${dataDir} does not accept its password. Does .data/secrets.json belong to it? ` +
        `"npm run reset" deletes all data and starts again. (${(cause as Error).message})`,
      { cause },
    );
  }
  return { server, url: server.urlOf(NAME, { name: NAME, password: secrets.databasePassword }) };
}

// A server that root starts runs under another account, which may not be able to reach the folders above
// this checkout.
function databaseFolder(data: LocalData): string {
  const account = databaseAccount();
  if (!account || accountCan(account, '-x', data.folder)) return data.folder;
  const folder = data.remoteFolder();
  note(`The user account of PostgreSQL cannot read ${data.folder}, so its data are in ${folder}`);
  return folder;
}

/** Ends a server that an earlier run left on this folder, and removes the PID file of one that is gone. */
async function endLeftover(dataDir: string): Promise<void> {
  const file = join(dataDir, 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8').split('\n', 1)[0]);
  if (commandOf(pid)?.includes(dataDir)) {
    note(`Stopping the PostgreSQL server of an earlier run (process ${pid})`);
    await endProcess(pid, { ask: 'SIGINT', graceMs: LEFTOVER_LIMIT_MS });
  }
  // The PID may belong to another program by now, in which case PostgreSQL would refuse to start.
  rmSync(file, { force: true });
}

async function prepare(adminUrl: string, password: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const { rowCount: roles } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [NAME]);
    if (!roles) await client.query(`CREATE ROLE ${NAME} LOGIN`);
    await client.query(`ALTER ROLE ${NAME} PASSWORD ${client.escapeLiteral(password)}`);
    const { rowCount: databases } = await client.query('SELECT FROM pg_database WHERE datname = $1', [NAME]);
    if (!databases) await client.query(`CREATE DATABASE ${NAME} OWNER ${NAME}`);
  } finally {
    await client.end();
  }
}
