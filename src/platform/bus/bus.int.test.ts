import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { Client } from 'pg';
import { loadConfig } from '../../config/config';
import { testEnv } from '../../testing/app';
import { startTestPostgres, type TestPostgres } from '../../testing/database';
import { RecordingLogger } from '../../testing/recording-logger';
import { closePlatform, createPlatform, type Platform } from '../platform';
import type { BusMessage } from './bus';

const TOPIC = 'test.topic';

async function until(condition: () => boolean, limitMs = 10_000): Promise<void> {
  const end = Date.now() + limitMs;
  while (!condition()) {
    if (Date.now() > end) throw new Error('waited in vain');
    await sleep(10);
  }
}

describe('the bus between two processes', () => {
  let postgres: TestPostgres;
  let here: Platform;
  let there: Platform;
  const logger = new RecordingLogger();
  let heard: { by: string; message: BusMessage }[] = [];
  let gaps = 0;

  function open(name: string): Platform {
    const platform = createPlatform({
      config: loadConfig(
        testEnv(postgres.databaseUrl, { DATABASE_WAIT_MS: '1800', DATABASE_STATEMENT_MS: '2000' }),
      ),
      process: 'api',
      logger,
    });
    platform.bus.subscribe(TOPIC, (message) => heard.push({ by: name, message }));
    return platform;
  }

  /**
   * Lists who has received a message. Messages of earlier tests may still arrive, and the two listeners
   * come in either order.
   */
  const heardBy = (message: BusMessage) =>
    heard
      .filter((one) => isDeepStrictEqual(one.message, message))
      .map(({ by }) => by)
      .toSorted();
  const everybody = ['here', 'there'];
  const heardByAll = (message: BusMessage) => until(() => heardBy(message).length >= everybody.length);

  beforeAll(async () => {
    postgres = await startTestPostgres();
    [here, there] = [open('here'), open('there')];
    there.bus.onGap(() => (gaps += 1));
    await Promise.all([here.bus.start(), there.bus.start()]);
  });
  afterAll(async () => {
    await Promise.all([closePlatform(here), closePlatform(there)]);
    await postgres.remove();
  });
  beforeEach(() => {
    heard = [];
  });

  it('is connected, and begins with a gap, because earlier messages were missed', () => {
    expect([here.bus.connected, there.bus.connected, gaps]).toEqual([true, true, 1]);
  });

  it('carries a message to every process once, and to its own before publish resolves', async () => {
    await here.bus.publish(TOPIC, { n: 1 });
    expect(heardBy({ n: 1 })).toContain('here');
    await heardByAll({ n: 1 });
    await sleep(100);
    expect(heardBy({ n: 1 })).toEqual(everybody);
  });

  it('carries what a transaction says when it commits', async () => {
    await here.db.transaction(async () => {
      await here.bus.publish(TOPIC, 'said within');
      await sleep(100);
      expect(heardBy('said within')).toEqual([]);
    });
    expect(heardBy('said within')).toContain('here');
    await heardByAll('said within');
  });

  it('carries nothing of a transaction that is rolled back', async () => {
    const failed = here.db.transaction(async () => {
      await here.bus.publish(TOPIC, 'never');
      throw new Error('undo');
    });
    await expect(failed).rejects.toThrow('undo');
    await sleep(200);
    expect(heardBy('never')).toEqual([]);
  });

  it('continues if a listener fails, and no longer calls one that has unsubscribed', async () => {
    const leaveFaulty = here.bus.subscribe(TOPIC, () => {
      throw new Error('a bad listener');
    });
    const others: BusMessage[] = [];
    const leave = here.bus.subscribe(TOPIC, (message) => others.push(message));
    await here.bus.publish(TOPIC, 1);
    leave();
    leaveFaulty();
    await here.bus.publish(TOPIC, 2);
    expect(others).toEqual([1]);
    expect(logger.lines.some(({ message }) => message === 'a listener failed')).toBe(true);
  });

  it('ignores messages that are not its own', async () => {
    const stranger = new Client({ connectionString: postgres.databaseUrl });
    await stranger.connect();
    for (const payload of ['', 'no json', '{}', '[1]', '{"from":"x","topic":1}'])
      await stranger.query('SELECT pg_notify($1, $2)', ['raptscallions', payload]);
    await stranger.end();
    await here.bus.publish(TOPIC, 'still there');
    await heardByAll('still there');
  });

  it('refuses a message that PostgreSQL could not carry', async () => {
    await expect(here.bus.publish(TOPIC, 'x'.repeat(8_000))).rejects.toThrow('too large');
  });

  it.each(['killed', 'frozen'] as const)(
    'says so when the database is %s, and comes back by itself',
    async (how) => {
      const before = gaps;
      if (how === 'frozen') postgres.freeze();
      else await postgres.kill();
      await until(() => !there.bus.connected && !here.bus.connected);
      expect(gaps).toBe(before + 1);
      if (how === 'frozen') postgres.thaw();
      else await postgres.restart();
      await until(() => there.bus.connected && here.bus.connected);
      expect(gaps).toBe(before + 2);
      await here.bus.publish(TOPIC, how);
      await heardByAll(how);
    },
  );
});
