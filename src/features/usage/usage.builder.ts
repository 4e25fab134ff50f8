import { z } from 'zod';
import type { Container } from '../../container';
import { sql } from '../../platform/db/sql';
import { newId } from '../../shared/ids';
import { World } from '../../testing/world';

export interface CallValues {
  at: string | Date;
  state?: 'pending' | 'succeeded' | 'failed' | 'aborted';
  /** When it was settled; five seconds after it was made by default. */
  settledAt?: string | Date;
  groupId?: string | null;
  classId?: string | null;
  toolId?: string | null;
  userId?: string;
  model?: string;
  role?: string;
  inputTokens?: number;
  outputTokens?: number;
  costMicros?: number;
  estimated?: boolean;
}

const SumsRow = z.object({ sums: z.string() });
const TextRow = z.object({ text: z.string() });

/**
 * A district with a school, a class, a tool and a teacher, and calls to models at the times that a test
 * wants.
 */
export class UsageScene {
  private constructor(
    readonly container: Container,
    readonly world: World,
    readonly district: { id: string; tenantId: string; path: string },
    readonly school: { id: string; tenantId: string; path: string },
    readonly schoolClass: { id: string },
    readonly tool: { id: string },
    readonly teacher: { id: string },
  ) {}

  static async create(container: Container, timeZone = 'UTC'): Promise<UsageScene> {
    const world = new World(container);
    const district = await world.group({ name: 'District' });
    const school = await world.group({ name: 'School', under: district });
    const teacher = await world.member(school, 'teacher');
    const schoolClass = await world.class(school, { name: 'Physics' });
    const tool = await world.tool(school, teacher);
    const scene = new UsageScene(container, world, district, school, schoolClass, tool, teacher);
    await scene.setTimeZone(timeZone);
    return scene;
  }

  private get db() {
    return this.container.platform.db;
  }

  get tenantId(): string {
    return this.district.id;
  }

  async setTimeZone(timeZone: string): Promise<void> {
    await this.db.execute(
      sql`UPDATE groups SET settings = jsonb_build_object('timezone', ${timeZone}::text) WHERE id = ${this.district.id}::uuid`,
    );
  }

  /** Records a call to a model: by default of the teacher in the class, with the tool, settled soon after. */
  async call(values: CallValues): Promise<string> {
    const id = newId();
    const at = new Date(values.at);
    const state = values.state ?? 'succeeded';
    const settledAt = new Date(values.settledAt ?? at.getTime() + 5_000);
    await this.db.execute(
      sql`INSERT INTO ai_calls (id, tenant_id, group_id, class_id, user_id, tool_id, purpose, provider, model, role, state,
            input_tokens, output_tokens, cost_micros, estimated, error_code, settled_at, created_at)
          VALUES (${id}::uuid, ${this.tenantId}::uuid, ${values.groupId === undefined ? this.school.id : values.groupId}::uuid,
            ${values.classId === undefined ? this.schoolClass.id : values.classId}::uuid, ${values.userId ?? this.teacher.id}::uuid,
            ${values.toolId === undefined ? this.tool.id : values.toolId}::uuid, 'chat', 'test', ${values.model ?? 'small'}, ${values.role ?? null}, ${state},
            ${values.inputTokens ?? 10}, ${values.outputTokens ?? 20}, ${values.costMicros ?? 30}, ${values.estimated ?? false}, ${state === 'failed' ? 'ai.timeout' : null},
            ${state === 'pending' ? null : settledAt}::timestamptz, ${at}::timestamptz)`,
    );
    return id;
  }

  /** Settles a pending call now. */
  async settle(id: string, outputTokens = 7): Promise<void> {
    await this.db.execute(
      sql`UPDATE ai_calls SET state = 'succeeded', output_tokens = ${outputTokens}, cost_micros = ${outputTokens * 2}, settled_at = now() WHERE id = ${id}::uuid`,
    );
  }

  /** The rows of the tenant in a table of usage, with all meaningful columns, as text. */
  async dump(table: 'usage_daily' | 'usage_monthly' | 'usage_days' | 'usage_months'): Promise<string[]> {
    const from = {
      usage_daily: sql`usage_daily`,
      usage_monthly: sql`usage_monthly`,
      usage_days: sql`usage_days`,
      usage_months: sql`usage_months`,
    }[table];
    const rows = await this.db.rows(
      sql`SELECT (to_jsonb(u) - 'created_at')::text AS text FROM ${from} u WHERE tenant_id = ${this.tenantId}::uuid ORDER BY text`,
      TextRow,
    );
    return rows.map(({ text }) => text);
  }

  /** Sums of a window's settled calls, computed from the calls; as text, so that nothing is rounded. */
  async sumsOfCalls(from: Date, to: Date): Promise<string> {
    const row = await this.db.row(
      sql`SELECT concat_ws(' ', count(*), count(*) FILTER (WHERE state = 'failed'), count(*) FILTER (WHERE state = 'aborted'),
            count(*) FILTER (WHERE estimated),
            coalesce(sum(input_tokens), 0), coalesce(sum(output_tokens), 0), coalesce(sum(cost_micros), 0)) AS sums
          FROM ai_calls WHERE tenant_id = ${this.tenantId}::uuid AND state <> 'pending' AND created_at >= ${from}::timestamptz AND created_at < ${to}::timestamptz`,
      SumsRow,
    );
    return (row as { sums: string }).sums;
  }

  /** Sums of the aggregated days from one day to another, both included. */
  async sumsOfDays(from: string, to: string): Promise<string> {
    const row = await this.db.row(
      sql`SELECT concat_ws(' ', coalesce(sum(calls), 0), coalesce(sum(failed_calls), 0), coalesce(sum(aborted_calls), 0),
            coalesce(sum(estimated_calls), 0),
            coalesce(sum(input_tokens), 0), coalesce(sum(output_tokens), 0), coalesce(sum(cost_micros), 0)) AS sums
          FROM usage_daily WHERE tenant_id = ${this.tenantId}::uuid AND day BETWEEN ${from}::date AND ${to}::date`,
      SumsRow,
    );
    return (row as { sums: string }).sums;
  }
}
