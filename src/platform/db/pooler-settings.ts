import type pg from 'pg';
import { SESSION_SETTINGS } from './pool';

/**
 * Settings that connections otherwise request themselves (see pool.ts), stored as settings of the database
 * because a pooler refuses start-up parameters. One more is needed: if a client abandons a statement, the
 * pooler drops the server's connection, and within this many milliseconds the server notices and ends the
 * statement.
 */
export const POOLER_SETTINGS: Readonly<Record<string, string>> = {
  ...SESSION_SETTINGS,
  client_connection_check_interval: '1000',
};

const INSUFFICIENT_PRIVILEGE = '42501';

/** The statements that an operator runs if we may not. */
export const poolerStatements = (database: string): string[] =>
  Object.entries(POOLER_SETTINGS).map(
    ([name, value]) => `ALTER DATABASE "${database.replaceAll('"', '""')}" SET ${name} = '${value}'`,
  );

/**
 * Gives the database the settings that it lacks. Only its owner may do so; if the role is not the owner, it
 * logs what an operator must do.
 */
export async function applyPoolerSettings(client: pg.Client, log: (line: string) => void): Promise<void> {
  const { rows } = await client.query<{ name: string; set: string[] | null }>(
    `SELECT d.datname AS name, s.setconfig AS set FROM pg_database d
     LEFT JOIN pg_db_role_setting s ON s.setdatabase = d.oid AND s.setrole = 0 WHERE d.datname = current_database()`,
  );
  const [database] = rows;
  if (database === undefined) return;
  const isSet = Object.entries(POOLER_SETTINGS).every(([name, value]) =>
    database.set?.includes(`${name}=${value}`),
  );
  if (isSet) return;
  const statements = poolerStatements(database.name);
  try {
    for (const statement of statements) await client.query(statement);
    log('the database has the settings for a pooler');
  } catch (error) {
    if ((error as { code?: string }).code !== INSUFFICIENT_PRIVILEGE) throw error;
    log(`the settings for a pooler were not made; let the database's owner run: ${statements.join('; ')};`);
  }
}
