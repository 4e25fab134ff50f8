import { Client } from 'pg';
import { createTestDatabase } from './database';

async function query<T>(url: string, sql: string): Promise<T[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows as T[];
  } finally {
    await client.end();
  }
}

describe('createTestDatabase', () => {
  it('gives each caller a migrated database that the application owns', async () => {
    const [first, second] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    try {
      const [role] = await query(first.url, 'SELECT rolsuper FROM pg_roles WHERE rolname = current_user');
      expect(role).toEqual({ rolsuper: false });
      await query(first.url, 'CREATE TABLE only_here ()');
      const tables = (url: string) =>
        query(url, `SELECT tablename FROM pg_tables WHERE tablename = 'only_here'`);
      expect(await tables(first.url)).toHaveLength(1);
      expect(await tables(second.url)).toHaveLength(0);
      expect(await query(second.url, 'SELECT migration_name FROM _prisma_migrations')).not.toHaveLength(0);
    } finally {
      await Promise.all([first.drop(), second.drop()]);
    }
  });

  it('can be dropped while a connection is still open', async () => {
    const database = await createTestDatabase();
    const client = new Client({ connectionString: database.url });
    client.on('error', () => undefined);
    await client.connect();
    await expect(database.drop()).resolves.toBeUndefined();
    await client.end();
  });
});
