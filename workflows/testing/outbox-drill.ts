import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { loadTemporalSettings } from '../../src/config/config';
import { sql } from '../../src/platform/db/sql';
import { OutboxRelay } from '../../src/platform/outbox/outbox.relay';
import { OutboxRepository } from '../../src/platform/outbox/outbox.repository';
import type { WorkflowContract } from '../../src/platform/temporal/contract';
import { TemporalClient, type WorkflowStart } from '../../src/platform/temporal/temporal-client';
import { newId } from '../../src/shared/ids';
import { createTestApp, type TestApp } from '../../src/testing/app';
import { createTestNamespace } from '../../src/testing/temporal';

export interface OutboxDrillReport {
  crashes: number;
  /** By the point at which the relay died. */
  at: Record<CrashPoint, number>;
  /** Workflows that Temporal has. */
  workflows: number;
  rowsWithoutWorkflow: number;
  rowsWithSeveral: number;
  /** Rows that are not marked as started at the end. */
  rowsLeft: number;
  seconds: number;
}

const CRASH_POINTS = ['before the claim', 'before the start', 'after the start'] as const;
type CrashPoint = (typeof CRASH_POINTS)[number];

/** No worker serves these workflows; they only have to exist. */
const contract: WorkflowContract<{ subjectId: string }> = {
  name: 'outboxDrill',
  taskQueue: 'default',
  workflowId: ({ subjectId }) => `drill/${subjectId}`,
  summary: () => 'Stands there',
};
const CountRow = z.object({ count: z.number() });
const END_LIMIT_MS = 120_000;

const never = (): Promise<never> => new Promise(() => {});

/** Temporal as a relay sees it that dies at a point: nothing happens after it. */
function dyingAt(point: CrashPoint, temporal: TemporalClient, died: () => void) {
  return {
    cancel: never,
    start: async (job: WorkflowStart): Promise<never> => {
      if (point === 'after the start') await temporal.start(job);
      died();
      return never();
    },
  };
}

class OutboxDrill {
  private readonly relayOptions;

  constructor(
    private readonly app: TestApp,
    private readonly temporal: TemporalClient,
  ) {
    const { db, logger } = app.container.platform;
    this.relayOptions = { repository: new OutboxRepository(db), databaseUrl: app.databaseUrl, logger };
  }

  /** Commits a job, and kills the relay that takes it. */
  async crash(point: CrashPoint): Promise<string> {
    const { db, outbox } = this.app.container.platform;
    const subjectId = newId();
    await db.transaction(() => outbox.start(contract, { input: { subjectId }, tenantId: null, subjectId }));
    if (point === 'before the claim') return subjectId;
    let died: () => void = () => {};
    const death = new Promise<void>((resolve) => {
      died = resolve;
    });
    const relay = new OutboxRelay({ ...this.relayOptions, temporal: dyingAt(point, this.temporal, died) });
    await relay.start();
    await death;
    // Its loop hangs where it died, as if the process were gone; only its connection is closed.
    void relay.stop();
    return subjectId;
  }

  /** Runs a healthy relay after the leases of the dead ones are over. */
  async finish(): Promise<void> {
    const { db } = this.app.container.platform;
    await db.execute(sql`UPDATE outbox SET available_at = now() WHERE state = 'pending'`);
    const relay = new OutboxRelay({ ...this.relayOptions, temporal: this.temporal });
    await relay.start();
    for (const end = Date.now() + END_LIMIT_MS; (await this.rowsLeft()) > 0 && Date.now() < end; )
      await sleep(50);
    await relay.stop();
  }

  async rowsLeft(): Promise<number> {
    const { db } = this.app.container.platform;
    const row = await db.row(sql`SELECT count(*) FROM outbox WHERE state <> 'started'`, CountRow);
    return row?.count ?? 0;
  }

  /** How many executions Temporal has of each workflow. Temporal's list lags by a moment. */
  async executions(least: number): Promise<Map<string, number>> {
    const found = new Map<string, number>();
    for (const end = Date.now() + END_LIMIT_MS; found.size < least && Date.now() < end; ) {
      found.clear();
      for await (const { workflowId } of this.temporal.client.workflow.list({
        query: `WorkflowType = '${contract.name}'`,
      }))
        found.set(workflowId, (found.get(workflowId) ?? 0) + 1);
    }
    return found;
  }
}

/** Kills relays between the commit of a job and its mark, and counts the workflows at the end. */
export async function outboxDrill(
  crashes: number,
  tell: (line: string) => void = () => {},
): Promise<OutboxDrillReport> {
  const startedAt = Date.now();
  const [app, namespace] = [await createTestApp(), await createTestNamespace()];
  const temporal = new TemporalClient(loadTemporalSettings(namespace.env), app.container.platform.logger);
  await temporal.registerSearchAttributes();
  const drill = new OutboxDrill(app, temporal);
  const at: Record<CrashPoint, number> = {
    'before the claim': 0,
    'before the start': 0,
    'after the start': 0,
  };
  const ids: string[] = [];
  try {
    for (let crash = 1; crash <= crashes; crash += 1) {
      // A row without a lease would be taken by the next relay that dies.
      const point =
        crash > crashes * 0.9 ? 'before the claim' : (CRASH_POINTS[1 + (crash % 2)] ?? 'after the start');
      at[point] += 1;
      ids.push(await drill.crash(point));
      if (crash % 100 === 0) tell(`${crash} of ${crashes} crashes`);
    }
    await drill.finish();
    const executions = await drill.executions(crashes);
    const counts = ids.map((subjectId) => executions.get(contract.workflowId({ subjectId })) ?? 0);
    return {
      ...{ crashes, at, workflows: [...executions.values()].reduce((sum, count) => sum + count, 0) },
      rowsWithoutWorkflow: counts.filter((count) => count === 0).length,
      rowsWithSeveral: counts.filter((count) => count > 1).length,
      rowsLeft: await drill.rowsLeft(),
      seconds: Math.round((Date.now() - startedAt) / 1000),
    };
  } finally {
    await temporal.close();
    await namespace.close();
    await app.close();
  }
}
