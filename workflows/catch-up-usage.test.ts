import type { TemporalClient } from '../src/platform/temporal/temporal-client';
import { RecordingLogger } from '../src/testing/recording-logger';
import { catchUpUsage } from './catch-up-usage';

function temporalWith(schedule: { isPaused: boolean } | null) {
  const triggered: string[] = [];
  const schedules = {
    find: () => Promise.resolve(schedule),
    trigger: (id: string) => Promise.resolve(void triggered.push(id)),
  };
  const ask = (work: (operations: { schedules: typeof schedules }) => unknown) => work({ schedules });
  return { triggered, client: { ask } as unknown as Pick<TemporalClient, 'ask'> };
}

async function triggeredWhere(
  cannotWait: boolean,
  schedule: { isPaused: boolean } | null,
): Promise<string[]> {
  const { triggered, client } = temporalWith(schedule);
  await catchUpUsage(client, { cannotWait: () => Promise.resolve(cannotWait) }, new RecordingLogger());
  return triggered;
}

describe('usage that was never aggregated', () => {
  it('is aggregated when a worker starts, if it cannot wait', async () => {
    expect(await triggeredWhere(true, { isPaused: false })).toEqual(['aggregate-usage-daily']);
    expect(await triggeredWhere(false, { isPaused: false })).toEqual([]);
  });

  it('waits if the schedule is paused', async () => {
    expect(await triggeredWhere(true, { isPaused: true })).toEqual([]);
    expect(await triggeredWhere(true, null)).toEqual([]);
  });

  it('keeps no worker from starting', async () => {
    const logger = new RecordingLogger();
    const { client } = temporalWith(null);
    await catchUpUsage(client, { cannotWait: () => Promise.reject(new Error('no database')) }, logger);
    expect(logger.lines).toMatchObject([{ level: 'warn', fields: { reason: 'no database' } }]);
  });
});
