import { AiCallsRepository } from '../features/ai/gateway/ai.calls.repository';
import { OpeningsRepository } from '../features/assignments/openings/assignments.openings.repository';
import { AssignmentRemindersRepository } from '../features/assignments/reminders/assignments.reminders.repository';
import { AuditSealRepository } from '../features/audit/audit.seal.repository';
import { AuditVerifyRepository } from '../features/audit/audit.verify.repository';
import { AuthRetentionRepository } from '../features/auth/auth.retention.repository';
import { ExportExecutionRepository } from '../features/exports/job/exports.execution.repository';
import { DeliveriesRepository } from '../features/notifications/delivery/notifications.deliveries.repository';
import { ExpansionRepository } from '../features/notifications/delivery/notifications.expansion.repository';
import { NotificationRetentionRepository } from '../features/notifications/notifications.retention.repository';
import { RunExecutionRepository } from '../features/runs/runs.execution.repository';
import { RunsRetentionRepository } from '../features/runs/runs.retention.repository';
import { SessionsCleanupRepository } from '../features/sessions/sessions.cleanup.repository';
import { SubmissionsRepository } from '../features/submissions/submissions.repository';
import { ListReader } from '../platform/db/paging';
import { PlatformRetention } from '../platform/db/retention';
import { sql } from '../platform/db/sql';
import { OutboxRepository } from '../platform/outbox/outbox.repository';
import { newId } from '../shared/ids';
import { createTestApp, type TestApp } from './app';
import { BulkRows } from './bulk-rows';
import { PageCosts } from './page-costs';
import { World } from './world';

/** The initial rows of each kind, and the factor by which they grow. */
const [ROWS, TIMES] = [750, 8];
/** Rows of a batch. */
const LIMIT = 20;

let app: TestApp;
let costs: PageCosts;
let bulk: BulkRows;
let place: ConstructorParameters<typeof BulkRows>[1];

beforeAll(async () => {
  app = await createTestApp();
  const { db } = app.container.platform;
  costs = await PageCosts.open(app.databaseUrl, db);
  const world = new World(app.container);
  const district = await world.group();
  const keeping = await world.group();
  const teacher = await world.member(district, 'teacher');
  const schoolClass = await world.class(district);
  const tool = await world.tool(district, teacher);
  const keepingTool = await world.tool(keeping, teacher);
  const eventId = newId();
  await db.execute(
    sql`UPDATE groups SET settings = '{"privacy":{"chatRetentionDays":30}}' WHERE id = ${district.id}::uuid`,
  );
  await db.execute(
    sql`INSERT INTO notification_events (id, tenant_id, event, subject_id, user_ids) VALUES (${eventId}::uuid, ${district.id}::uuid, 'export.ready', ${eventId}::uuid, '{}')`,
  );
  await db.execute(
    sql`INSERT INTO usage_progress (id, tenant_id, last_day, closed_until, settled_through) VALUES (${newId()}::uuid, ${district.id}::uuid, '2026-04-10', '2026-04-11', '2026-04-11')`,
  );
  place = {
    tenantId: district.id,
    keepingTenantId: keeping.id,
    keepingToolId: keepingTool.id,
    classId: schoolClass.id,
    userId: teacher.id,
    toolId: tool.id,
    eventId,
  };
  bulk = new BulkRows(db, place);
});
afterAll(async () => {
  await costs.close();
  await app.close();
});

const idsOf = (keys: readonly { id: string }[]): string[] => keys.map(({ id }) => id);

/** Every batch and page of a job. */
function batches(): Record<string, () => Promise<unknown>> {
  const { db } = app.container.platform;
  const now = new Date();
  const inHours = (hours: number) => new Date(now.getTime() + hours * 3_600_000);
  const auth = new AuthRetentionRepository(db);
  const platform = new PlatformRetention(db, { jobsKeptDays: 30 });
  const sessions = new SessionsCleanupRepository(db);
  const submissions = new SubmissionsRepository(db, new ListReader(db), { now: () => now });
  const notifications = new NotificationRetentionRepository(db);
  const reminders = new AssignmentRemindersRepository(db);
  const openings = new OpeningsRepository(db);
  const exports = new ExportExecutionRepository(db);
  const audience = { audience: 'named', channels: ['email'] } as const;
  return {
    'ended sign-ins': () => auth.deleteEndedSignIns(30, LIMIT),
    'ended API tokens': () => auth.deleteEndedApiTokens(30, LIMIT),
    'expired idempotency keys': () => platform.deleteExpiredKeys({ limit: LIMIT }),
    'started jobs': () => platform.deleteStartedJobs({ limit: LIMIT }),
    'the claim of the outbox': () => new OutboxRepository(db).claim(LIMIT, 60),
    'old runs': () => new RunsRetentionRepository(db).deleteOld(30, LIMIT),
    'lost runs': () => new RunExecutionRepository(db).nextUnfinished(24, null, LIMIT),
    'old exports': () => exports.deleteOld(30, LIMIT),
    'lost exports': () => exports.nextUnfinished(24, null, LIMIT),
    'expired exports': () => exports.listExpired(LIMIT),
    'idle sessions': () => sessions.completeIdle(24, LIMIT),
    'stuck turns': () => sessions.expireTurns(LIMIT),
    'overdue sessions': async () => sessions.expireOverdue(idsOf(await sessions.nextActive(null, LIMIT))),
    'old sessions': async () => sessions.deleteOld(idsOf(await sessions.nextOld(null, LIMIT))),
    'ended work': async () => submissions.submitEnded(now, await submissions.nextInProgress(null, LIMIT)),
    'assignments that are due': async () =>
      reminders.listDue(idsOf(await reminders.nextDue(now, inHours(24), null, LIMIT))),
    'assignments that have opened': async () =>
      openings.listOpened(idsOf(await openings.nextOpened(inHours(-24), now, null, LIMIT))),
    'old reminders': () => reminders.deleteOld(30, LIMIT),
    'old notifications': () => notifications.deleteOld(30, 365, LIMIT),
    'old events': () => notifications.deleteOldEvents(365, LIMIT),
    'due deliveries': () => new DeliveriesRepository(db).listDue(place.eventId, now, LIMIT),
    'people of an event': () =>
      new ExpansionRepository(db).createForRecipients(place.eventId, audience, {
        after: null,
        limit: LIMIT,
        now,
      }),
    'abandoned calls': () => new AiCallsRepository(db).abandonOlderThan(60, LIMIT),
    'events to seal': () => new AuditSealRepository(db).nextEvents(place.tenantId, 0, 1_000_000_000, LIMIT),
    'seals to verify': () => new AuditVerifyRepository(db).seals(place.keepingTenantId, 0, LIMIT),
    'rows of usage': () =>
      app.container.usage.reader.rowsAfter(
        place.tenantId,
        { groupPaths: null, from: '2000-01-01', to: '2026-04-10' },
        null,
        LIMIT,
      ),
  };
}

/** The levels of indexes grow with a table, and so do the marks of their dead entries. */
const isAsMuch = (before: number, after: number): boolean => after <= before * 1.5 + 3 * LIMIT;

describe('a batch of a job', () => {
  it('touches as much of the database when eight times as much is left', async () => {
    const measure = async () => {
      const found: [string, number][] = [];
      for (const [name, work] of Object.entries(batches())) found.push([name, await costs.of(work)]);
      return new Map(found);
    };
    await bulk.add(ROWS);
    const before = await measure();
    await bulk.add(ROWS * (TIMES - 1));
    const dearer = [...(await measure())]
      .map(([name, after]) => ({ name, before: before.get(name) ?? 0, after }))
      .filter((each) => !isAsMuch(each.before, each.after));
    expect(dearer).toEqual([]);
  }, 180_000);

  it('costs no more for earlier started jobs when it counts waiting ones', async () => {
    const lag = () => costs.of(() => new OutboxRepository(app.container.platform.db).lag());
    const before = await lag();
    await app.container.platform.db.execute(
      sql`INSERT INTO outbox (id, workflow, task_queue, workflow_id, input, summary, state, started_at)
          SELECT gen_random_uuid(), 'exportData', 'default', 'more/' || n, '{}', 'A job', 'started', now() FROM generate_series(1, ${ROWS * TIMES}::int) n`,
    );
    expect(await lag()).toBeLessThanOrEqual(before);
  });
});
