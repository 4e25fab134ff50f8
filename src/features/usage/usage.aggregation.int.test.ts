import { createTestApp, type TestApp } from '../../testing/app';
import type { UsageAggregation } from './usage.aggregation.service';
import { UsageScene } from './usage.builder';
import { addDays, startOfDay } from './usage.days';

let app: TestApp;
let aggregation: UsageAggregation;
beforeAll(async () => {
  app = await createTestApp();
  aggregation = app.container.usage.aggregation;
});
afterAll(() => app.close());

const LIMIT = 1_000;
const aggregate = (scene: UsageScene, until: string | Date) =>
  aggregation.aggregateDays({ tenantId: scene.tenantId, until: new Date(until), limit: LIMIT });
const days = async (scene: UsageScene) =>
  (await scene.dump('usage_days')).map((text) => JSON.parse(text) as { day: string; time_zone: string });

describe('aggregating days', () => {
  it('sums settled calls by group, class, tool, model and role, in one row a combination', async () => {
    const scene = await UsageScene.create(app.container);
    const at = '2026-05-04T10:00:00Z';
    await scene.call({ at, inputTokens: 1, outputTokens: 2, costMicros: 3 });
    await scene.call({
      at,
      inputTokens: 10,
      outputTokens: 20,
      costMicros: 30,
      state: 'failed',
      estimated: true,
    });
    await scene.call({ at, state: 'aborted', inputTokens: 0, outputTokens: 5, costMicros: 7 });
    await scene.call({ at, state: 'pending' });
    await scene.call({ at, model: 'large' });
    await scene.call({ at, classId: null });
    await scene.call({ at, role: 'student' });
    expect(await aggregate(scene, '2026-05-05T00:00:00Z')).toEqual({ days: 1, rows: 4, hasMore: false });
    const rows = (await scene.dump('usage_daily')).map((text) => JSON.parse(text) as Record<string, unknown>);
    expect(rows).toContainEqual(
      expect.objectContaining({
        day: '2026-05-04',
        group_id: scene.school.id,
        class_id: scene.schoolClass.id,
        tool_id: scene.tool.id,
        model: 'small',
        role: 'teacher',
        calls: 3,
        failed_calls: 1,
        aborted_calls: 1,
        estimated_calls: 1,
        input_tokens: 11,
        output_tokens: 27,
        cost_micros: 40,
      }),
    );
    expect(rows).toHaveLength(4);
  });

  it("aggregates a day at the wanted hour of the tenant's own clock, and a month likewise", async () => {
    const scene = await UsageScene.create(app.container, 'Asia/Kolkata');
    await scene.call({ at: '2026-05-31T10:00:00Z' });
    const { tenantId } = scene;
    const daysBy = async (until: string) =>
      (await aggregation.aggregateDays({ tenantId, until: new Date(until), limit: LIMIT, fromHour: 2 })).days;
    expect(await daysBy('2026-05-31T20:29:00Z')).toBe(0);
    expect(await daysBy('2026-05-31T20:30:00Z')).toBe(1);
    expect(await daysBy('2026-05-31T20:30:00Z')).toBe(0);
    const monthsBy = async (now: string) =>
      (await aggregation.aggregateMonths(tenantId, undefined, { fromHour: 3, now: new Date(now) })).months;
    expect(await monthsBy('2026-05-31T21:29:00Z')).toBe(0);
    expect(await monthsBy('2026-05-31T21:30:00Z')).toBe(1);
    expect(await monthsBy('2026-05-31T21:30:00Z')).toBe(0);
  });

  it('changes nothing when it is done again', async () => {
    const scene = await UsageScene.create(app.container, 'America/New_York');
    for (const at of ['2026-03-07T20:00:00Z', '2026-03-08T20:00:00Z', '2026-03-10T20:00:00Z'])
      await scene.call({ at });
    expect(await aggregate(scene, '2026-03-12T04:00:00Z')).toEqual({ days: 5, rows: 3, hasMore: false });
    await aggregation.aggregateMonths(scene.tenantId);
    const before = [await scene.dump('usage_daily'), await scene.dump('usage_days')];
    expect(await aggregate(scene, '2026-03-12T04:00:00Z')).toEqual({ days: 0, rows: 0, hasMore: false });
    expect([await scene.dump('usage_daily'), await scene.dump('usage_days')]).toEqual(before);
  });

  it('takes the day of a tenant from its own clock: 23 and 25 hours long if the clocks change', async () => {
    const scene = await UsageScene.create(app.container, 'Europe/Berlin');
    // Both ends of the shortest and of the longest day, and the moments beside them.
    for (const day of ['2026-03-29', '2026-10-25']) {
      const [start, end] = [startOfDay('Europe/Berlin', day), startOfDay('Europe/Berlin', addDays(day, 1))];
      for (const at of [start.getTime() - 1, start.getTime(), end.getTime() - 1, end.getTime()])
        await scene.call({ at: new Date(at) });
    }
    await aggregate(scene, '2026-11-01T00:00:00Z');
    const counts = await Promise.all(
      ['2026-03-28', '2026-03-29', '2026-03-30', '2026-10-24', '2026-10-25', '2026-10-26'].map((day) =>
        scene.sumsOfDays(day, day),
      ),
    );
    expect(counts.map((sums) => sums.split(' ')[0])).toEqual(['1', '2', '1', '1', '2', '1']);
  });

  it('counts a call that is settled after its day was aggregated', async () => {
    const scene = await UsageScene.create(app.container);
    const late = await scene.call({ at: '2026-04-01T23:59:00Z', state: 'pending' });
    await scene.call({ at: '2026-04-02T09:00:00Z' });
    await aggregate(scene, '2026-05-05T00:00:00Z');
    await aggregation.aggregateMonths(scene.tenantId);
    expect(await scene.sumsOfDays('2026-04-01', '2026-04-01')).toBe('0 0 0 0 0 0 0');
    await scene.settle(late, 7);
    expect(await aggregate(scene, '2026-05-05T00:00:00Z')).toEqual({ days: 1, rows: 1, hasMore: false });
    expect(await scene.sumsOfDays('2026-04-01', '2026-04-01')).toBe('1 0 0 0 10 7 14');
    expect(await aggregation.aggregateMonths(scene.tenantId)).toEqual({ months: 1, rows: 1 });
    expect(await aggregation.aggregateMonths(scene.tenantId)).toEqual({ months: 0, rows: 0 });
  });

  it('removes a combination that has vanished, and restores its row unchanged', async () => {
    const scene = await UsageScene.create(app.container);
    const id = await scene.call({ at: '2026-04-01T12:00:00Z', settledAt: new Date() });
    const { db } = app.container.platform;
    await aggregate(scene, '2026-04-02T00:00:00Z');
    const [before] = await scene.dump('usage_daily');
    await db.prisma.aiCall.update({ where: { id }, data: { model: 'other' } });
    expect(await aggregate(scene, '2026-04-02T00:00:00Z')).toMatchObject({ days: 1, rows: 2 });
    expect((await scene.dump('usage_daily')).map((text) => JSON.parse(text).model)).toEqual(['other']);
    await db.prisma.aiCall.update({ where: { id }, data: { model: 'small' } });
    await aggregate(scene, '2026-04-02T00:00:00Z');
    const [after] = await scene.dump('usage_daily');
    expect(JSON.parse(after as string)).toEqual({
      ...JSON.parse(before as string),
      updated_at: expect.any(String),
    });
  });

  it('aggregates a missed week in one run, or a few days at a time', async () => {
    const scene = await UsageScene.create(app.container, 'Asia/Tokyo');
    await scene.call({ at: '2026-04-01T12:00:00Z' });
    await aggregate(scene, '2026-04-02T00:00:00Z');
    for (let day = 2; day <= 9; day += 1) await scene.call({ at: `2026-04-0${day}T12:00:00Z` });
    const seen: string[] = [];
    const until = new Date('2026-04-10T00:00:00Z');
    const some = { tenantId: scene.tenantId, until, limit: 3, onDay: (day: string) => seen.push(day) };
    expect(await aggregation.aggregateDays(some)).toEqual({ days: 3, rows: 3, hasMore: true });
    expect(await aggregation.aggregateDays({ ...some, limit: 100 })).toEqual({
      days: 5,
      rows: 5,
      hasMore: false,
    });
    expect(seen).toEqual(Array.from({ length: 8 }, (_, i) => `2026-04-0${i + 2}`));
  });

  it('loses and doubles nothing if a tenant changes its time zone', async () => {
    const scene = await UsageScene.create(app.container, 'America/Los_Angeles');
    const from = new Date('2026-06-01T00:00:00Z');
    for (let hour = 0; hour < 24 * 8; hour += 1)
      await scene.call({ at: new Date(from.getTime() + hour * 3_600_000) });
    const zones = ['Pacific/Kiritimati', 'Europe/Berlin', 'Pacific/Pago_Pago', 'Asia/Tokyo'];
    for (const [i, zone] of zones.entries()) {
      await aggregate(scene, `2026-06-0${i + 3}T00:00:00Z`);
      await scene.setTimeZone(zone);
    }
    await aggregate(scene, '2026-06-12T00:00:00Z');
    expect(new Set((await days(scene)).map((day) => day.time_zone)).size).toBeGreaterThan(3);
    expect(await scene.sumsOfDays('2026-05-01', '2026-07-01')).toBe(
      await scene.sumsOfCalls(from, new Date('2026-06-12T00:00:00Z')),
    );
    // A day that was aggregated in an earlier time zone can still get late settlements.
    const late = await scene.call({ at: '2026-06-02T06:30:00Z', state: 'pending' });
    await scene.settle(late);
    expect(await aggregate(scene, '2026-06-12T00:00:00Z')).toMatchObject({ days: 1, rows: 1 });
  });

  it('lets several processes run at once', async () => {
    const scene = await UsageScene.create(app.container, 'Europe/Berlin');
    for (let day = 1; day <= 9; day += 1) await scene.call({ at: `2026-04-0${day}T12:00:00Z` });
    await Promise.all(Array.from({ length: 4 }, () => aggregate(scene, '2026-04-11T00:00:00Z')));
    expect((await days(scene)).map(({ day }) => day)).toHaveLength(10);
    expect(await scene.sumsOfDays('2026-04-01', '2026-04-09')).toMatch(/^9 /);
  });

  it('stops when it is asked to, and continues from there', async () => {
    const scene = await UsageScene.create(app.container);
    for (let day = 1; day <= 5; day += 1) await scene.call({ at: `2026-04-0${day}T12:00:00Z` });
    const until = new Date('2026-04-06T00:00:00Z');
    const stop = (day: string): void => {
      if (day === '2026-04-03') throw new Error('stopped');
    };
    const input = { tenantId: scene.tenantId, until, limit: LIMIT };
    await expect(aggregation.aggregateDays({ ...input, onDay: stop })).rejects.toThrow('stopped');
    expect(await days(scene)).toHaveLength(3);
    expect(await aggregation.aggregateDays(input)).toEqual({ days: 2, rows: 2, hasMore: false });
  });
});

describe('aggregating months', () => {
  it('sums the days of finished months, and again when one of their days changes', async () => {
    const scene = await UsageScene.create(app.container, 'Europe/Berlin');
    for (const at of [
      '2026-01-31T12:00:00Z',
      '2026-02-01T12:00:00Z',
      '2026-02-28T12:00:00Z',
      '2026-03-05T12:00:00Z',
    ])
      await scene.call({ at });
    await aggregate(scene, '2026-02-28T12:00:00Z');
    expect(await aggregation.aggregateMonths(scene.tenantId)).toEqual({ months: 1, rows: 1 });
    await aggregate(scene, '2026-03-10T12:00:00Z');
    expect(await aggregation.aggregateMonths(scene.tenantId)).toEqual({ months: 1, rows: 1 });
    const months = (await scene.dump('usage_monthly')).map((text) => JSON.parse(text));
    expect(new Map(months.map(({ month, calls }) => [month, calls]))).toEqual(
      new Map([
        ['2026-01-01', 1],
        ['2026-02-01', 2],
      ]),
    );
    expect(await aggregation.aggregateMonths(scene.tenantId)).toEqual({ months: 0, rows: 0 });
  });

  it('are none of a tenant that was never aggregated', async () => {
    const scene = await UsageScene.create(app.container);
    expect(await aggregation.aggregateMonths(scene.tenantId)).toEqual({ months: 0, rows: 0 });
    expect(await aggregate(scene, '2026-04-06T00:00:00Z')).toEqual({ days: 0, rows: 0, hasMore: false });
  });
});

describe('the role of a call', () => {
  it('is the one in its class, else the strongest in the tenant, and stays what it was', async () => {
    const scene = await UsageScene.create(app.container);
    const { world, schoolClass, school } = scene;
    const student = await world.classMember(schoolClass as never, 'student');
    const both = await world.member(school, 'staff');
    await world.classMember(schoolClass as never, 'assistant', both);
    const stranger = await world.user({ isPlatformAdmin: true });
    const call = async (userId: string, classId: string | null) => {
      const id = await scene.call({ at: '2026-04-01T12:00:00Z', userId, classId });
      const row = await app.container.platform.db.prisma.aiCall.findUniqueOrThrow({ where: { id } });
      return row.role;
    };
    expect(await call(student.id, schoolClass.id)).toBe('student');
    expect(await call(student.id, null)).toBe('student');
    expect(await call(both.id, schoolClass.id)).toBe('assistant');
    expect(await call(both.id, null)).toBe('staff');
    expect(await call(scene.teacher.id, schoolClass.id)).toBe('teacher');
    expect(await call(stranger.id, schoolClass.id)).toBe('none');
  });
});
