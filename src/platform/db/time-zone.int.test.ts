import { z } from 'zod';
import { startPgBouncer } from '../../local-servers/pgbouncer';
import { newId } from '../../shared/ids';
import { startTestPostgres, type TestPostgres } from '../../testing/database';
import { describeWithPgBouncer } from '../../testing/describe-with-pgbouncer';
import { RecordingLogger } from '../../testing/recording-logger';
import { Database } from './database';
import { migrate } from './migrate';
import type { Pooler } from './pool';
import { sql } from './sql';

const StoredRow = z.object({ isSame: z.boolean(), age: z.number(), lastLoginAt: z.date() });

describe('a server in New York', () => {
  let postgres: TestPostgres;

  beforeAll(async () => {
    postgres = await startTestPostgres({ timezone: 'America/New_York' });
    await migrate({ databaseUrl: postgres.databaseUrl });
  });
  afterAll(() => postgres?.remove());

  async function writeAndRead(url: string, pooler: Pooler): Promise<void> {
    const db = new Database({
      url,
      pooler,
      poolMax: 2,
      acquireTimeoutMs: 5_000,
      statementTimeoutMs: 5_000,
      applicationName: 'time-zone-test',
      checkRows: true,
      logger: new RecordingLogger(),
    });
    try {
      const [id, lastLoginAt] = [newId(), new Date('2026-07-03T03:04:05.678Z')];
      const user = await db.prisma.user.create({
        data: { id, email: `${id}@zone.example`, name: 'Zoe', lastLoginAt },
      });
      expect(user.lastLoginAt).toEqual(lastLoginAt);
      const row = await db.row(
        sql`SELECT last_login_at = ${lastLoginAt.toISOString()}::timestamptz AS "isSame",
              extract(epoch FROM now() - created_at)::float8 AS age, last_login_at AS "lastLoginAt"
            FROM users WHERE id = ${id}::uuid`,
        StoredRow,
      );
      expect(row).toMatchObject({ isSame: true, lastLoginAt });
      expect(Math.abs(row?.age ?? Number.NaN)).toBeLessThan(60);
    } finally {
      await db.close();
    }
  }

  it('stores the times of models unchanged', () => writeAndRead(postgres.databaseUrl, 'none'));

  describeWithPgBouncer('behind a pooler', () => {
    it('stores the times of models unchanged', async () => {
      await migrate({ databaseUrl: postgres.databaseUrl, forPooler: true });
      const pooler = await startPgBouncer({ databaseUrl: postgres.databaseUrl, poolSize: 2 });
      try {
        await writeAndRead(pooler.url, 'transaction');
      } finally {
        await pooler.remove();
      }
    });
  });
});
