import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ScheduleOverlapPolicy } from '@temporalio/client';
import { loadConfig } from '../src/config/config';
import { TemporalClient } from '../src/platform/temporal/temporal-client';
import { testEnv } from '../src/testing/app';
import { RecordingLogger } from '../src/testing/recording-logger';
import { createTestNamespace, type TestNamespace } from '../src/testing/temporal';
import { applySchedules } from './apply-schedules';
import { SCHEDULES } from './schedules';
import { type ScheduleEntry, scheduleEntry } from './shared/schedule-entry';

const sweep = scheduleEntry({
  id: 'sweep',
  note: 'Sweeps.',
  at: { minute: 0, hour: 3, dayOfMonth: 1 },
  timeZone: 'America/New_York',
  overlap: 'SKIP',
  catchupWindow: '1 day',
  contract: { name: 'sweep', taskQueue: 'default', workflowId: () => 'sweep', summary: () => 'Sweeps' },
  input: { rooms: 3 },
});

const NOTHING = { created: [], updated: [], deleted: [] };
/** Schedules of an earlier test may still be listed, because Temporal's list lags by a moment. */
const KEPT = { created: [], updated: [] };

let namespace: TestNamespace;
let temporal: TemporalClient;
const logger = new RecordingLogger();

beforeAll(async () => {
  namespace = await createTestNamespace();
  temporal = new TemporalClient(loadConfig(testEnv('postgres://unused', namespace.env)), logger);
  await temporal.registerSearchAttributes();
});
afterAll(async () => {
  await temporal.close();
  await namespace.close();
});
beforeEach(() => void logger.lines.splice(0));

const apply = (...table: ScheduleEntry[]) => applySchedules(temporal, table, logger);
const scheduleOf = (id: string) => namespace.client.schedule.getHandle(`rapt/${id}`);

describe('the schedule table', () => {
  it('names each schedule once, with a time zone that exists', () => {
    expect(new Set(SCHEDULES.map((entry) => entry.id)).size).toBe(SCHEDULES.length);
    for (const entry of SCHEDULES)
      expect(() => new Intl.DateTimeFormat('en', { timeZone: entry.timeZone })).not.toThrow();
  });

  it('gives the reason of each time zone, overlap and catch-up window beside it', () => {
    const files = readdirSync(__dirname, { recursive: true, encoding: 'utf8' }).filter((file) =>
      /^[^/]+\/schedule\.ts$/.test(file),
    );
    expect(files.length).toBeGreaterThanOrEqual(SCHEDULES.length);
    for (const file of files) {
      const lines = readFileSync(join(__dirname, file), 'utf8').split('\n');
      for (const field of ['timeZone', 'overlap', 'catchupWindow']) {
        const line = lines.findIndex((each) => each.startsWith(`  ${field}: `));
        expect([file, field, lines[line - 1]]).toEqual([
          file,
          field,
          expect.stringMatching(/^ {2}\/\/ \S.{10,}/),
        ]);
      }
    }
  });

  it('is applied: created first, then left unchanged', async () => {
    expect(await apply(...SCHEDULES, sweep)).toEqual({
      ...NOTHING,
      created: [...SCHEDULES.map((entry) => entry.id), 'sweep'],
    });
    const before = await scheduleOf('sweep').describe();
    expect(before.spec.calendars?.[0]).toMatchObject({
      minute: [{ start: 0, end: 0, step: 1 }],
      hour: [{ start: 3, end: 3, step: 1 }],
      dayOfMonth: [{ start: 1, end: 1, step: 1 }],
    });
    expect(before).toMatchObject({
      spec: { timezone: 'America/New_York' },
      action: { workflowType: 'sweep', taskQueue: 'default', args: [{ rooms: 3 }] },
      policies: { overlap: 'SKIP', catchupWindow: 24 * 60 * 60 * 1000 },
      state: { note: 'Sweeps.', paused: false },
    });
    expect(await apply(...SCHEDULES, sweep)).toEqual(NOTHING);
    expect((await scheduleOf('sweep').describe()).info.lastUpdatedAt).toEqual(before.info.lastUpdatedAt);
  });

  it.each([
    ['time', { at: { minute: 30 } }],
    ['times of the hour', { at: { minute: [5, 35] } }],
    ['time zone', { timeZone: 'Europe/Berlin' }],
    ['catch-up window', { catchupWindow: '1 hour' }],
    ['overlap', { overlap: 'BUFFER_ONE' }],
    ['input', { input: { rooms: 4 } }],
    ['queue', { contract: { ...sweep.contract, taskQueue: 'sync' } }],
    ['note', { note: 'Sweeps, and says so.' }],
  ] as const)('changes a schedule whose %s has changed, and logs the difference', async (_what, change) => {
    await apply(sweep);
    logger.lines.splice(0);
    const changed = { ...sweep, ...change } as ScheduleEntry;
    expect(await apply(changed)).toMatchObject({ ...KEPT, updated: ['sweep'] });
    expect(logger.lines.find((line) => line.message.includes('differs'))?.fields).toMatchObject({
      schedule: 'sweep',
    });
    expect(await apply(changed)).toMatchObject(KEPT);
  });

  it('leaves paused what operations have paused', async () => {
    await apply(sweep);
    await scheduleOf('sweep').pause('too loud');
    expect(await apply({ ...sweep, at: { minute: 5 } })).toMatchObject({ ...KEPT, updated: ['sweep'] });
    expect((await scheduleOf('sweep').describe()).state).toMatchObject({ paused: true, note: 'too loud' });
  });

  it('removes schedules of ours that are gone from it, and never those of others', async () => {
    await namespace.client.schedule.create({
      scheduleId: 'somebody-elses',
      spec: { intervals: [{ every: '1 day' }] },
      action: { type: 'startWorkflow', workflowType: 'other', taskQueue: 'other' },
    });
    await apply(sweep);
    // Temporal's list of schedules lags behind the schedules by a moment.
    let deleted: string[] = [];
    for (let i = 0; i < 100 && deleted.length === 0; i += 1) ({ deleted } = await apply());
    expect(deleted).toContain('sweep');
    await expect(scheduleOf('sweep').describe()).rejects.toThrow(/not found/i);
    expect((await namespace.client.schedule.getHandle('somebody-elses').describe()).action.workflowType).toBe(
      'other',
    );
  });

  it('leads to no burst when the worker was away for three days', async () => {
    await apply(...SCHEDULES);
    const end = new Date();
    const start = new Date(end.getTime() - 3 * 24 * 60 * 60_000);
    // The runs that came due in three days under each overlap policy, without a worker.
    for (const { id, overlap } of SCHEDULES)
      await scheduleOf(id).backfill({ start, end, overlap: ScheduleOverlapPolicy[overlap] });
    for (const { id, at, overlap } of SCHEDULES) {
      // Temporal processes ten of them at a time, which shows what it does with the others.
      const due = at.dayOfMonth === undefined ? (at.hour === undefined ? 10 : 2) : 0;
      const most = overlap === 'BUFFER_ONE' ? 2 : 1;
      let info = (await scheduleOf(id).describe()).info;
      for (
        let tries = 0;
        tries < 600 && info.numActionsTaken + info.numActionsSkippedOverlap < due;
        tries += 1
      ) {
        await sleep(50);
        info = (await scheduleOf(id).describe()).info;
      }
      expect({ id, started: info.numActionsTaken <= most }).toEqual({ id, started: true });
      expect({ id, passedOver: info.numActionsSkippedOverlap >= due - most }).toEqual({
        id,
        passedOver: true,
      });
      expect({ id, running: info.runningActions.length <= 1 }).toEqual({ id, running: true });
    }
  });

  it('supports two workers that start at the same moment', async () => {
    const both = await Promise.all([apply(sweep), apply(sweep)]);
    expect(both.flatMap((changes) => changes.created)).toEqual(['sweep']);
  });
});
