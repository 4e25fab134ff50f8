import { createTestApp, type TestApp } from '../../testing/app';
import { UsageScene } from './usage.builder';
import { TooManyCallsError, UsageBeingPreparedError } from './usage.errors';
import { UsageService } from './usage.service';
import type { UsageDimension } from './usage.types';

const DAY_MS = 86_400_000;

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.close());

describe('usage that is not aggregated yet', () => {
  it('is recognized by its size and by the waiting days', async () => {
    const { aggregation, reader } = app.container.usage;
    const scene = await UsageScene.create(app.container);
    const filter = { tenantIds: [scene.tenantId] };
    expect(await aggregation.cannotWait(0)).toBe(false);
    for (let day = 3; day >= 1; day -= 1) await scene.call({ at: new Date(Date.now() - day * DAY_MS) });
    expect(await aggregation.cannotWait(3)).toBe(false);
    expect(await aggregation.cannotWait(2)).toBe(true);
    expect(await reader.countWaitingDays(filter)).toBe(3);
    await aggregation.aggregateDays({ tenantId: scene.tenantId, until: new Date(), limit: 2 });
    // As many days as a request sums up every morning do not count.
    expect(await reader.countWaitingDays(filter)).toBe(0);
    expect(await aggregation.cannotWait(2)).toBe(false);
  });
});

describe('a question that takes too long for a request', () => {
  const cutOff = Object.assign(new Error('canceling statement due to statement timeout'), { code: '57014' });

  async function answerWhere(
    waitingDays: number,
    failure: Error = cutOff,
    groupBy: UsageDimension[] = ['month'],
  ): Promise<unknown> {
    const { container } = app;
    const reader = {
      summarize: () => Promise.reject(failure),
      countWaitingDays: () => Promise.resolve(waitingDays),
    };
    const service = new UsageService({
      reader: reader as never,
      groups: container.groups.finder,
      classes: container.classes.service,
      people: container.users.service,
      clock: container.platform.clock,
    });
    const operator = { isPlatformAdmin: true, access: { adminPaths: [] }, scopes: null } as never;
    return service.table(operator, { groupBy }).catch((error: unknown) => error);
  }

  it('is said to be prepared, and when to ask again, while days wait to be summed up', async () => {
    const answer = await answerWhere(40);
    expect(answer).toBeInstanceOf(UsageBeingPreparedError);
    expect(answer).toMatchObject({
      kind: 'unavailable',
      details: { reason: 'usage.being_prepared', daysLeft: 40 },
      retryAfterSeconds: 60,
    });
  });

  it('is too large if it is about single people, whose calls are read one by one', async () => {
    expect(await answerWhere(40, cutOff, ['user'])).toBeInstanceOf(TooManyCallsError);
    expect(await answerWhere(0, cutOff, ['user'])).toBeInstanceOf(TooManyCallsError);
  });

  it('stays as it is if no days wait, as does any other failure', async () => {
    expect(await answerWhere(0)).toBe(cutOff);
    const other = new Error('wrong');
    expect(await answerWhere(40, other)).toBe(other);
  });
});
