import { sql } from '../../platform/db/sql';
import { createTestApp, type TestApp } from '../../testing/app';
import { FakeModelServer } from '../../testing/fake-model-server';
import { World } from '../../testing/world';
import { AiError } from './ai.errors';
import type { AiAnswer, AiRequest, AskOptions } from './ai.types';

/** The gateway of an app, with a provider over real HTTP and a person whose calls are charged. */
export class GatewayScene {
  private constructor(
    readonly app: TestApp,
    readonly fake: FakeModelServer,
    readonly tenantId: string,
    readonly userId: string,
  ) {}

  static async start(env: Record<string, string>): Promise<GatewayScene> {
    const fake = await FakeModelServer.start();
    const app = await createTestApp({ env: { AI_GATEWAY_URL: fake.url, ...env } });
    const world = new World(app.container);
    const { tenantId } = await world.group();
    return new GatewayScene(app, fake, tenantId, (await world.user({ tenantId })).id);
  }

  async stop(): Promise<void> {
    await this.app.close();
    await this.fake.stop();
  }

  /** Forgets all requests so far. */
  async reset(): Promise<void> {
    this.fake.reset();
    await this.app.container.platform.db.execute(sql`DELETE FROM ai_calls`);
  }

  /** Builds a request of the person. */
  request(model: string, values: Partial<AiRequest> = {}): AiRequest {
    const { tenantId, userId } = this;
    const nowhere = { groupId: null, classId: null, toolId: null, sessionId: null, runId: null };
    return {
      charge: { tenantId, userId, ...nowhere, purpose: 'chat' },
      model,
      system: 'You are a tutor.',
      messages: [{ role: 'user', content: 'What is a fraction?' }],
      ...values,
    };
  }

  ask(request: AiRequest, options?: AskOptions): Promise<AiAnswer> {
    return this.app.container.ai.gateway.ask(request, options);
  }

  /** Returns the error with which a request fails. */
  async failure(request: AiRequest, options?: AskOptions): Promise<AiError> {
    const error = await this.ask(request, options).catch((caught: unknown) => caught);
    if (!(error instanceof AiError))
      throw new Error(`the question did not fail as it should: ${String(error)}`);
    return error;
  }
}
