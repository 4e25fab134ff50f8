import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { sql } from '../../src/platform/db/sql';
import { type Client, createTestApp, type TestApp } from '../../src/testing/app';
import type { TestDatabase } from '../../src/testing/database';
import { FakeModelServer } from '../../src/testing/fake-model-server';
import { World } from '../../src/testing/world';

const RunRow = z.object({
  state: z.string(),
  output: z.unknown(),
  errorCode: z.string().nullable(),
  inputTokens: z.number(),
  outputTokens: z.number(),
  revision: z.number(),
});
const CallRow = z.object({ purpose: z.string(), state: z.string(), errorCode: z.string().nullable() });

export type RunRecord = z.infer<typeof RunRow>;

export const OUTPUT = { text: 'Light becomes sugar.' };

/** What runs need: a teacher with a product tool, the API, and a model on loopback. */
export class RunScene {
  private constructor(
    readonly app: TestApp,
    readonly model: FakeModelServer,
    readonly teacher: Client,
    readonly toolId: string,
    /** The settings with which a worker reaches the same model. */
    readonly env: Record<string, string>,
  ) {}

  static async create(options: { database?: TestDatabase } = {}): Promise<RunScene> {
    const model = await FakeModelServer.start();
    const env = {
      AI_GATEWAY_URL: model.url,
      AI_API_KEY: 'test',
      AI_FIRST_TOKEN_TIMEOUT_MS: '5000',
      AI_TIMEOUT_MS: '10000',
    };
    const app = await createTestApp({ env, ...options });
    const world = new World(app.container);
    const group = await world.group();
    const teacher = await world.member(group, 'teacher');
    const tool = await world.tool(group, teacher, { type: 'product' });
    return new RunScene(app, model, await app.as(teacher.id), tool.id, env);
  }

  get databaseUrl(): string {
    return this.app.databaseUrl;
  }

  /** Requests a run over REST. @returns its id */
  async createRun(topic = 'photosynthesis'): Promise<string> {
    const response = await this.teacher.post('/runs').send({ toolId: this.toolId, input: { topic } });
    if (response.status !== 202) throw new Error(`POST /runs answered ${response.status}: ${response.text}`);
    return response.body.data.id as string;
  }

  async run(id: string): Promise<RunRecord> {
    const row = await this.app.container.platform.db.row(
      sql`SELECT state, output, error_code AS "errorCode", input_tokens AS "inputTokens", output_tokens AS "outputTokens", revision
          FROM runs WHERE id = ${id}::uuid`,
      RunRow,
    );
    if (row === null) throw new Error(`there is no run ${id}`);
    return row;
  }

  /** The calls to the model that were made for the run, in order. */
  async calls(id: string): Promise<z.infer<typeof CallRow>[]> {
    return this.app.container.platform.db.rows(
      sql`SELECT purpose, state, error_code AS "errorCode" FROM ai_calls WHERE run_id = ${id}::uuid ORDER BY created_at, id`,
      CallRow,
    );
  }

  /** Waits until the run is in one of the states. */
  async until(id: string, states: readonly string[], limitMs = 30_000): Promise<RunRecord> {
    const end = Date.now() + limitMs;
    for (;;) {
      const run = await this.run(id);
      if (states.includes(run.state)) return run;
      if (Date.now() > end) throw new Error(`the run is still ${run.state}`);
      await sleep(25);
    }
  }

  untilEnded(id: string, limitMs?: number): Promise<RunRecord> {
    return this.until(id, ['succeeded', 'failed', 'cancelled'], limitMs);
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.model.stop();
  }
}
