import { createHash } from 'node:crypto';
import { z } from 'zod';
import { ExportScene } from '../../src/features/exports/exports.builder';
import { UsageScene } from '../../src/features/usage/usage.builder';
import { sql } from '../../src/platform/db/sql';
import type { TemporalClient } from '../../src/platform/temporal/temporal-client';
import type { RunScene } from './run-scene';

/** Work that can be repeated, with the same result each time. */
export interface DrillScene {
  name: string;
  /** Starts the work once. @returns its id */
  begin(): Promise<string>;
  /** The result as one text; null while the work is in progress. */
  outcome(id: string): Promise<string | null>;
}

const hashOf = (data: Buffer | string): string =>
  createHash('sha256').update(data).digest('hex').slice(0, 16);
const TextRow = z.object({ text: z.string().nullable() });

/** A product run: ends once, with one answer that was paid for. */
export function runDrillScene(scene: RunScene): DrillScene {
  const { db } = scene.app.container.platform;
  return {
    name: 'product run',
    begin: () => scene.createRun('drill'),
    outcome: async (id) => {
      const { state, output } = await scene.run(id);
      if (state === 'queued' || state === 'running') return null;
      const endings = await db.execute(
        sql`SELECT 1 FROM audit_events WHERE subject_id = ${id}::uuid AND action = 'run.ended'`,
      );
      const paid = (await scene.calls(id)).filter((call) => call.state === 'succeeded').length;
      return `${state} ${JSON.stringify(output)}, ended ${endings} times, ${paid} answers paid for`;
    },
  };
}

/** An export of this many rows: the same file, byte for byte. */
export async function exportDrillScene({ app }: RunScene, rows: number): Promise<DrillScene> {
  const scene = await ExportScene.create(app);
  await scene.addStudents(rows);
  return {
    name: `export of ${rows} rows`,
    begin: () => scene.ask('roster', 'csv'),
    outcome: async (id) => {
      const { state } = await app.container.platform.db.prisma.export.findUniqueOrThrow({ where: { id } });
      if (state === 'queued' || state === 'running') return null;
      return state === 'succeeded' ? `succeeded ${hashOf(await scene.fileOf(id))}` : state;
    },
  };
}

/** The usage of this many days, aggregated from nothing: the same rows. */
export async function usageDrillScene(
  { app: { container } }: RunScene,
  temporal: TemporalClient,
  days: number,
): Promise<DrillScene> {
  const { db } = container.platform;
  const scene = await UsageScene.create(container, 'America/New_York');
  const today = Date.now();
  for (let day = 1; day <= days; day += 1)
    await scene.call({ at: new Date(today - day * 86_400_000), inputTokens: day });
  const id = 'aggregate-usage-daily';
  const isStored = () =>
    db.row(
      sql`SELECT string_agg((to_jsonb(d) - 'created_at' - 'updated_at')::text, E'\n' ORDER BY d.id) AS text
          FROM usage_daily d WHERE tenant_id = ${scene.tenantId}::uuid`,
      TextRow,
    );
  return {
    name: `usage of ${days} days`,
    begin: async () => {
      await db.execute(sql`DELETE FROM usage_daily WHERE tenant_id = ${scene.tenantId}::uuid`);
      await db.execute(sql`DELETE FROM usage_days WHERE tenant_id = ${scene.tenantId}::uuid`);
      await db.execute(sql`DELETE FROM usage_progress WHERE tenant_id = ${scene.tenantId}::uuid`);
      const before = await temporal.ask(({ schedules }) => schedules.find(id));
      await temporal.ask(({ schedules }) => schedules.trigger(id));
      for (;;) {
        const now = await temporal.ask(({ schedules }) => schedules.find(id));
        const started = now?.lastRuns[0]?.workflowId;
        if (started !== undefined && started !== before?.lastRuns[0]?.workflowId) return started;
      }
    },
    outcome: async (workflowId) => {
      const job = await temporal.ask(({ workflows }) => workflows.find(workflowId));
      if (job?.state === 'running') return null;
      return `${job?.state} ${hashOf((await isStored())?.text ?? '')}`;
    },
  };
}
