import { Client } from 'pg';
import { startTestPostgres, type TestPostgres } from '../testing/database';
import { isAlive } from './processes.cjs';

// Far below the time limit of a frozen server, far above that of a healthy one.
const PATIENCE_MS = 500;

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: PATIENCE_MS,
    query_timeout: PATIENCE_MS,
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('embedded PostgreSQL', () => {
  let server: TestPostgres;

  beforeAll(async () => {
    server = await startTestPostgres({ work_mem: '5MB' });
    await query(server.databaseUrl, 'CREATE TABLE kept AS SELECT 42 AS answer');
  });

  afterAll(() => server.remove());

  const readKept = () => query(server.databaseUrl, 'SELECT answer FROM kept');

  it('has the extensions, the settings and Unicode sorting', async () => {
    await query(
      server.databaseUrl,
      'CREATE EXTENSION ltree; CREATE EXTENSION pg_trgm; CREATE EXTENSION pgcrypto',
    );
    expect(await query(server.databaseUrl, 'SHOW work_mem')).toEqual([{ work_mem: '5MB' }]);
    const sorted = await query(
      server.databaseUrl,
      `SELECT w FROM unnest('{z,Ä,b,a}'::text[]) AS w ORDER BY w`,
    );
    expect(sorted).toEqual([{ w: 'a' }, { w: 'Ä' }, { w: 'b' }, { w: 'z' }]);
    expect(await query(server.databaseUrl, `SELECT lower('ÄÖ') AS w`)).toEqual([{ w: 'äö' }]);
  });

  it('keeps its data over stop and restart, on the same port', async () => {
    const { pid, port } = server;
    await server.stop();
    expect(isAlive(pid)).toBe(false);
    await expect(readKept()).rejects.toThrow(/ECONNREFUSED/);
    await server.restart();
    expect(server.port).toBe(port);
    expect(await readKept()).toEqual([{ answer: 42 }]);
  });

  it('recovers its data after being killed with open connections', async () => {
    const client = new Client({ connectionString: server.databaseUrl });
    // There are several errors: the server's last message, and the end of the connection.
    const broken = new Promise((resolve) => {
      client.on('error', resolve);
    });
    await client.connect();
    await query(server.databaseUrl, 'INSERT INTO kept VALUES (43)');
    await server.kill();
    expect(await broken).toBeInstanceOf(Error);
    await server.restart();
    expect(await readKept()).toEqual([{ answer: 42 }, { answer: 43 }]);
  });

  it('freezes old and new connections, and continues afterwards', async () => {
    const client = new Client({ connectionString: server.databaseUrl, query_timeout: PATIENCE_MS });
    await client.connect();
    server.freeze();
    await expect(client.query('SELECT 1')).rejects.toThrow(/timeout/i);
    await expect(readKept()).rejects.toThrow(/timeout/i);
    server.thaw();
    expect(await readKept()).not.toHaveLength(0);
    await client.end();
  });

  it('can be stopped while frozen', async () => {
    server.freeze();
    await server.stop();
    await server.restart();
    expect(await readKept()).not.toHaveLength(0);
  });

  it('says why when it cannot start', async () => {
    await expect(startTestPostgres({ shared_buffers: 'none' })).rejects.toThrow(
      /did not start[\s\S]*shared_buffers/,
    );
  });
});
