import type { z } from 'zod';
import { sql } from '../../platform/db/sql';
import { newId } from '../../shared/ids';
import { createTestApp, type TestApp } from '../../testing/app';
import { Intruder, recordEvents, sealAll } from './audit.builder';
import { genesisHash, sealHash } from './audit.chain';
import { EVENT_TEXT, EventTextRow } from './audit.chain.sql';

let app: TestApp;
let intruder: Intruder;
let tenantId: string;

beforeAll(async () => {
  app = await createTestApp();
  intruder = await Intruder.enter(app);
});
afterAll(async () => {
  await intruder.leave();
  await app.close();
});
beforeEach(async () => {
  tenantId = newId();
  await recordEvents(app, tenantId, 10);
  await sealAll(app);
});

const verify = () => app.container.auditTrail.verify;
const report = (anchors: Parameters<ReturnType<typeof verify>['verifyChain']>[1] = []) =>
  verify().verifyChain(tenantId, anchors);
/** The problems, as `kind@position`. */
const problems = async () => (await report()).problems.map(({ kind, position }) => `${kind}@${position}`);
const eventAt = (position: number) => intruder.eventAt(tenantId, position);

describe('verifying the audit trail', () => {
  it('finds nothing wrong if nothing was changed, and reports what waits to be sealed', async () => {
    await recordEvents(app, tenantId, 2);
    expect(await report()).toMatchObject({
      sealed: 10,
      unsealed: 2,
      oldestUnsealedAt: expect.any(Date),
      head: { position: 10, hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
      problemCount: 0,
      problems: [],
    });
    expect(await verify().listChains()).toContain(tenantId);
  });

  it.each([
    ['action', `action = 'test.other'`],
    ['actor', `actor_kind = 'anonymous'`],
    ['subject', `subject_id = gen_random_uuid()`],
    ['subject type', `subject_type = 'other'`],
    ['person', `about_user_id = gen_random_uuid()`],
    ['details', `details = jsonb_set(details, '{n}', '99')`],
    ['request', `request_id = 'r'`],
    ['address', `ip = '10.0.0.1'`],
    ['time, by a microsecond', `created_at = created_at + interval '1 microsecond'`],
    ['tenant', `tenant_id = gen_random_uuid()`],
  ])('finds an event whose %s was changed', async (_what, change) => {
    await intruder.does(`UPDATE audit_events SET ${change} WHERE id = $1`, await eventAt(4));
    const { problems: found } = await report();
    expect(found[0]).toEqual({ kind: 'changed', position: 4, eventId: await eventAt(4) });
  });

  it('finds events that were removed, at the beginning, in between and at the end', async () => {
    for (const position of [1, 5, 10])
      await intruder.does('DELETE FROM audit_events WHERE id = $1', await eventAt(position));
    expect(await problems()).toEqual(['removed@1', 'removed@5', 'removed@10']);
  });

  it('finds an event that was removed with its seal', async () => {
    const id = await eventAt(5);
    await intruder.does('DELETE FROM audit_events WHERE id = $1', id);
    await intruder.does('DELETE FROM audit_seals WHERE id = $1', id);
    expect(await problems()).toEqual(['seal_removed@5']);
  });

  it('finds that the newest events are gone, seals included', async () => {
    for (const position of [9, 10]) {
      const id = await eventAt(position);
      await intruder.does('DELETE FROM audit_events WHERE id = $1', id);
      await intruder.does('DELETE FROM audit_seals WHERE id = $1', id);
    }
    expect(await problems()).toEqual(['truncated@9']);
  });

  it('finds two events that have changed places', async () => {
    const [third, seventh] = [await eventAt(3), await eventAt(7)];
    const swap = newId();
    for (const [from, to] of [
      [third, swap],
      [seventh, third],
      [swap, seventh],
    ])
      await intruder.does('UPDATE audit_events SET id = $2 WHERE id = $1', from, to);
    expect(await problems()).toEqual(['changed@3', 'changed@7']);
  });

  it('finds two seals that have changed places', async () => {
    await intruder.does(
      `UPDATE audit_seals SET position = CASE position WHEN 3 THEN 1003 ELSE 1007 END WHERE chain_id = $1 AND position IN (3, 7)`,
      tenantId,
    );
    await intruder.does(
      `UPDATE audit_seals SET position = CASE position WHEN 1003 THEN 7 ELSE 3 END WHERE chain_id = $1 AND position > 1000`,
      tenantId,
    );
    expect((await problems())[0]).toBe('changed@3');
  });

  it('finds an event that was pushed in between', async () => {
    const id = newId();
    // The numbers have no gap here, so the test makes one.
    await intruder.does('DELETE FROM audit_events WHERE id = $1', await eventAt(6));
    await intruder.does(
      `INSERT INTO audit_events (id, seq, tenant_id, actor_kind, action, subject_type)
       OVERRIDING SYSTEM VALUE SELECT $1, seq + 1, tenant_id, 'system', 'test.forged', 'test' FROM audit_events WHERE id = $2`,
      id,
      await eventAt(5),
    );
    const { problems: found } = await report();
    expect(found).toContainEqual({ kind: 'inserted', position: 5, eventId: id });
  });

  it('finds a seal that was recomputed, and a head that was', async () => {
    await intruder.does(
      `UPDATE audit_seals SET hash = sha256('x') WHERE chain_id = $1 AND position = 4`,
      tenantId,
    );
    expect(await problems()).toEqual(['changed@4', 'changed@5']);
    await intruder.does(`UPDATE audit_heads SET hash = sha256('x') WHERE id = $1`, tenantId);
    expect(await problems()).toEqual(['changed@4', 'changed@5', 'head_changed@10']);
    await intruder.does('DELETE FROM audit_heads WHERE id = $1', tenantId);
    expect(await problems()).toContain('head_changed@10');
  });

  it('finds even a chain that was recomputed as a whole, by a hash that was stored elsewhere', async () => {
    const { head } = await report();
    const anchor = { chainId: tenantId, position: 10, hash: head?.hash ?? '' };
    expect((await report([anchor])).problems).toEqual([]);
    await intruder.does(`UPDATE audit_events SET action = 'test.other' WHERE id = $1`, await eventAt(4));
    await sealAnew();
    expect(await problems()).toEqual([]);
    expect((await report([anchor])).problems).toEqual([
      { kind: 'anchor_differs', position: 10, eventId: null },
    ]);
  });

  it('finds a chain of which nothing but the kept hash is left', async () => {
    const anchor = { chainId: tenantId, position: 10, hash: (await report()).head?.hash ?? '' };
    for (const table of [
      'audit_events WHERE tenant_id',
      'audit_seals WHERE chain_id',
      'audit_heads WHERE id',
    ])
      await intruder.does(`DELETE FROM ${table} = $1`, tenantId);
    expect(await verify().listChains()).not.toContain(tenantId);
    expect(await verify().listChains([anchor])).toContain(tenantId);
    expect((await report([anchor])).problems.map(({ kind }) => kind)).toEqual(['anchor_differs']);
  });

  it('counts all problems and names the first hundred', async () => {
    await recordEvents(app, tenantId, 120);
    await sealAll(app);
    await intruder.does(`UPDATE audit_events SET ip = '10.0.0.1' WHERE tenant_id = $1`, tenantId);
    const { problemCount, problems: named } = await report();
    expect([problemCount, named.length, named[0]?.position]).toEqual([130, 100, 1]);
  });

  /** Does what an intruder does who knows how seals are made. */
  async function sealAnew(): Promise<void> {
    const { db } = app.container.platform;
    let previous = genesisHash(tenantId);
    for (let position = 1; position <= 10; position += 1) {
      const id = await eventAt(position);
      const event = await db.row(
        sql`SELECT ${EVENT_TEXT} FROM audit_events e WHERE e.id = ${id}::uuid`,
        EventTextRow,
      );
      previous = sealHash(previous, event as z.infer<typeof EventTextRow>);
      await intruder.does('UPDATE audit_seals SET hash = $2 WHERE id = $1', id, previous);
    }
    await intruder.does('UPDATE audit_heads SET hash = $2 WHERE id = $1', tenantId, previous);
  }
});
