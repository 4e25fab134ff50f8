import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { z } from 'zod';
import { sql } from '../../platform/db/sql';
import { newId } from '../../shared/ids';
import { createTestApp, type TestApp } from '../../testing/app';
import { Intruder, recordEvents, sealAll } from './audit.builder';
import { NO_TENANT } from './audit.chain';
import type { AuditSealRepository } from './audit.seal.repository';
import { AuditSealService } from './audit.seal.service';

const WRITERS = 6;
const TRANSACTIONS = 15;
/**
 * Longer than a round of sealing takes, so that without its precautions an event would certainly be missed.
 */
const LONG_PAUSE_MS = 300;

let app: TestApp;
let tenantId: string;
let connections: pg.Client[] = [];

beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.close());
beforeEach(() => {
  tenantId = newId();
});
afterEach(async () => {
  await Promise.all(connections.map((connection) => connection.end()));
  connections = [];
});

const db = () => app.container.platform.db;
const seal = () => app.container.auditTrail.seal;

const SealRow = z.object({ position: z.number(), hash: z.string(), seq: z.number() });
const sealsOf = (chainId: string) =>
  db().rows(
    sql`SELECT s.position, encode(s.hash, 'hex') AS hash, e.seq FROM audit_seals s JOIN audit_events e ON e.id = s.id
        WHERE s.chain_id = ${chainId}::uuid ORDER BY s.position`,
    SealRow,
  );

/** A transaction that stays open. */
async function begin(): Promise<pg.Client> {
  const connection = new pg.Client({ connectionString: app.databaseUrl });
  connections.push(connection);
  await connection.connect();
  await connection.query('BEGIN');
  return connection;
}

const insertBy = (connection: pg.Client) =>
  connection.query(
    `INSERT INTO audit_events (id, tenant_id, actor_kind, action, subject_type) VALUES ($1, $2, 'system', 'test.happened', 'test')`,
    [newId(), tenantId],
  );

describe('sealing the audit trail', () => {
  it('gives each event its place in the chain of its tenant, in the order of their numbers, and once', async () => {
    const other = newId();
    await recordEvents(app, tenantId, 5);
    await recordEvents(app, other, 2);
    await recordEvents(app, tenantId, 2);
    await recordEvents(app, null, 1);
    expect(await sealAll(app, 3)).toBe(10);
    const [mine, others, nobodys] = await Promise.all([tenantId, other, NO_TENANT].map(sealsOf));
    expect(mine?.map(({ position }) => position)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(mine?.map(({ seq }) => seq)).toEqual(
      [...(mine ?? [])].map(({ seq }) => seq).sort((a, b) => a - b),
    );
    expect([others?.length, nobodys?.length]).toEqual([2, 1]);

    expect(await sealAll(app)).toBe(0);
    expect(await sealsOf(tenantId)).toEqual(mine);
    await recordEvents(app, tenantId, 1);
    expect(await sealAll(app)).toBe(1);
    expect((await sealsOf(tenantId)).slice(0, 7)).toEqual(mine);
  });

  it('leaves a chain to the process that seals it, and seals nothing twice when several work at once', async () => {
    await recordEvents(app, tenantId, 30);
    const upTo = (await seal().settledSeq()) as number;
    const batches = await Promise.all(Array.from({ length: 8 }, () => seal().sealNext(tenantId, upTo, 5)));
    expect(batches.some(({ sealed }) => sealed === 5)).toBe(true);
    for (const { sealed, busy } of batches) expect(busy ? 0 : 5).toBe(sealed);
    await sealAll(app);
    expect((await sealsOf(tenantId)).map(({ position }) => position)).toEqual(
      Array.from({ length: 30 }, (_, i) => i + 1),
    );
  });

  it('does not pass a number whose transaction is open, so that nothing comes to stand below a seal', async () => {
    await sealAll(app);
    const open = await begin();
    await insertBy(open);
    // It has a higher number and commits first.
    await recordEvents(app, tenantId, 1);
    expect(await seal().settledSeq(undefined, 300)).toBeNull();

    const settling = seal().settledSeq();
    await open.query('COMMIT');
    const upTo = (await settling) as number;
    expect(await seal().chainsBehind(upTo)).toContain(tenantId);
    await seal().sealNext(tenantId, upTo, 100);
    const seqs = (await sealsOf(tenantId)).map(({ seq }) => seq);
    expect(seqs).toHaveLength(2);
    expect(seqs[0]).toBeLessThan(seqs[1] as number);
  });

  it('lets nothing slip under a seal while many write, commit out of order and roll back', async () => {
    let isWriting = true;
    const write = async (): Promise<void> => {
      const connection = await begin();
      await connection.query('COMMIT');
      for (let i = 0; i < TRANSACTIONS; i += 1) {
        await connection.query('BEGIN');
        await insertBy(connection);
        await sleep(Math.random() < 0.3 ? LONG_PAUSE_MS : 0);
        await insertBy(connection);
        await connection.query(Math.random() < 0.2 ? 'ROLLBACK' : 'COMMIT');
      }
    };
    const writing = Promise.all(Array.from({ length: WRITERS }, write)).finally(() => {
      isWriting = false;
    });
    let rounds = 0;
    for (; isWriting; rounds += 1) await sealAll(app, 7);
    await writing;
    await sealAll(app);
    expect(rounds).toBeGreaterThan(0);
    const report = await app.container.auditTrail.verify.verifyChain(tenantId);
    expect(report).toMatchObject({ unsealed: 0, problems: [] });
    expect(report.sealed).toBeGreaterThan(WRITERS * TRANSACTIONS);
  });

  it('waits for transactions that were writing when it looked, and not for later ones', async () => {
    const looks = [
      ['3/1', '4/8'],
      ['4/8', '5/2'],
      ['5/2', '6/1'],
    ];
    const repository = {
      newestSeq: () => Promise.resolve(7),
      writers: () => Promise.resolve(looks.shift() ?? ['5/2', '6/1']),
    } as unknown as AuditSealRepository;
    expect(await new AuditSealService(db(), repository).settledSeq()).toBe(7);
    expect(looks).toEqual([]);
  });

  it('can rely on numbers being handed out one after the other', async () => {
    // A session with cached numbers could write an event below a seal.
    const sequence = await db().row(
      sql`SELECT seqcache AS "aside" FROM pg_sequence WHERE seqrelid = pg_get_serial_sequence('audit_events', 'seq')::regclass`,
      z.object({ aside: z.number() }),
    );
    expect(sequence).toEqual({ aside: 1 });
  });

  it('keeps its own tables from being changed', async () => {
    await recordEvents(app, tenantId, 3);
    await sealAll(app);
    for (const statement of [
      sql`UPDATE audit_seals SET position = 99 WHERE chain_id = ${tenantId}::uuid AND position = 3`,
      sql`DELETE FROM audit_seals WHERE chain_id = ${tenantId}::uuid`,
      sql`TRUNCATE audit_seals`,
      sql`DELETE FROM audit_heads WHERE id = ${tenantId}::uuid`,
      sql`TRUNCATE audit_heads`,
      sql`UPDATE audit_heads SET position = 2, seq = seq - 1 WHERE id = ${tenantId}::uuid`,
    ])
      await expect(db().execute(statement)).rejects.toThrow(/immutable|only grows/);
  });

  it('leaves the chain extended completely or not at all when its process dies', async () => {
    await recordEvents(app, tenantId, 10);
    const upTo = (await seal().settledSeq()) as number;
    const intruder = await Intruder.enter(app);
    // The head can be locked but not written, so the batch is rolled back after its INSERT.
    await intruder.does(`ALTER TABLE audit_heads ADD CONSTRAINT test_refuse CHECK (position = 0) NOT VALID`);
    await expect(seal().sealNext(tenantId, upTo, 10)).rejects.toThrow('test_refuse');
    expect(await sealsOf(tenantId)).toEqual([]);
    await intruder.does('ALTER TABLE audit_heads DROP CONSTRAINT test_refuse');
    await intruder.leave();
    expect(await seal().sealNext(tenantId, upTo, 10)).toEqual({ sealed: 10, busy: false });
  });
});
