import { sql } from '../../src/platform/db/sql';
import { newId } from '../../src/shared/ids';
import { createTestApp, type TestApp } from '../../src/testing/app';
import { createTestNamespace, type TestNamespace } from '../../src/testing/temporal';
import { resultAfterKill } from '../testing/killed-worker';
import { failing, failingOnce, StubbedRunner } from '../testing/stubbed-job';
import { stubbedSealAudit } from '../testing/stubbed-sweeps';
import { startTestWorker } from '../testing/test-worker';
import { triggerSchedule } from '../testing/trigger';
import { sealAuditContract } from './contract';

/** More than two batches. */
const MANY = 2_300;

let app: TestApp;
let namespace: TestNamespace;

beforeAll(async () => {
  [app, namespace] = await Promise.all([createTestApp(), createTestNamespace()]);
});
afterAll(async () => {
  await namespace.close();
  await app.close();
});

const db = () => app.container.platform.db;

async function record(tenantId: string, count: number): Promise<void> {
  await db().execute(
    sql`INSERT INTO audit_events (id, tenant_id, actor_kind, action, subject_type)
        SELECT gen_random_uuid(), ${tenantId}::uuid, 'system', 'test.happened', 'test' FROM generate_series(1, ${count}::int)`,
  );
}

const verified = async (tenantId: string) => {
  const { sealed, unsealed, problems } = await app.container.auditTrail.verify.verifyChain(tenantId);
  return { sealed, unsealed, problems };
};

describe('sealAudit', () => {
  it('seals all events in batches when it is triggered, and nothing the second time', async () => {
    const worker = await startTestWorker({ databaseUrl: app.databaseUrl, namespace });
    const [one, other] = [newId(), newId()];
    await Promise.all([record(one, MANY), record(other, 3)]);
    expect(await triggerSchedule(namespace, 'seal-audit')).toEqual({
      events: MANY + 3,
      chains: 2,
      heldUp: false,
    });
    expect(await verified(one)).toEqual({ sealed: MANY, unsealed: 0, problems: [] });
    expect(await triggerSchedule(namespace, 'seal-audit')).toEqual({ events: 0, chains: 0, heldUp: false });
    expect(await verified(one)).toEqual({ sealed: MANY, unsealed: 0, problems: [] });
    await worker.stop();
  });

  it('continues in another worker if the first one is killed between two chains', async () => {
    const [one, other] = [newId(), newId()].sort() as [string, string];
    await Promise.all([record(one, MANY), record(other, MANY)]);
    const result = await resultAfterKill({
      ...{ databaseUrl: app.databaseUrl, namespace, contract: sealAuditContract, input: null },
      obstruct: (blocker) =>
        blocker.query(`INSERT INTO audit_heads (id, hash) VALUES ($1, sha256(''))`, [other]),
    });
    // The first worker may have died before it reported what it had done.
    expect(result).toMatchObject({ events: expect.any(Number), heldUp: false });
    for (const chain of [one, other])
      expect(await verified(chain)).toEqual({ sealed: MANY, unsealed: 0, problems: [] });
  });

  describe('with stubbed activities', () => {
    let runner: StubbedRunner;
    beforeAll(async () => {
      runner = await StubbedRunner.create();
    });
    afterAll(() => runner.close());

    it('tries a step again that has failed', async () => {
      const replaced = {
        settleAudit: failingOnce(42),
        sealChains: failingOnce({ events: 7, chains: 2, failed: 0 }),
      };
      expect(await runner.outcome(stubbedSealAudit, 'retried', replaced)).toEqual({
        events: 7,
        chains: 2,
        heldUp: false,
      });
    });

    it('leaves everything to the next round if a transaction stays open', async () => {
      const replaced = { settleAudit: () => Promise.resolve(null), sealChains: failing() };
      expect(await runner.outcome(stubbedSealAudit, 'held-up', replaced)).toEqual({
        events: 0,
        chains: 0,
        heldUp: true,
      });
    });

    it('shows operators that a chain cannot be sealed any more, after it has sealed the others', async () => {
      const sealChains = () => Promise.resolve({ events: 7, chains: 1, failed: 1 });
      expect(await runner.outcome(stubbedSealAudit, 'stuck', { sealChains })).toBe('FAILED');
      expect(await runner.outcome(stubbedSealAudit, 'failed', { settleAudit: failing() })).toBe('FAILED');
    });

    it('stops when it is cancelled', async () => {
      expect(await runner.cancelled(stubbedSealAudit, 'cancelled', 'sealChains')).toEqual({
        outcome: 'CANCELLED',
        progress: 'sealing',
      });
    });
  });
});
