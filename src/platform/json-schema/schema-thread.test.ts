import { createLogger } from '../logging/logger';
import { SchemaThread, TaskEndedError } from './schema-thread';

const logger = createLogger({ service: 'test', level: 'error', format: 'pretty' });

/** Takes some tenths of a second. */
const properties = Object.fromEntries(
  Array.from({ length: 300 }, (_, i) => [`p${i}`, { type: 'string', format: 'email', minLength: 1 }]),
);
const slow = { kind: 'check', schemas: { it: { properties } } } as const;

describe('a schema thread', () => {
  const threads: SchemaThread[] = [];
  const start = (taskMs?: number): SchemaThread => {
    const made = new SchemaThread({ logger, maxPerPerson: 5, ...(taskMs === undefined ? {} : { taskMs }) });
    threads.push(made);
    return made;
  };
  afterAll(() => Promise.all(threads.map((each) => each.close())));

  it('ends with a task that takes too long, and another thread does the next one', async () => {
    const thread = start(20);
    await expect(thread.run(slow, null)).rejects.toThrow(TaskEndedError);
    let answer: unknown = null;
    // On a busy machine even a small task may take too long.
    for (let i = 0; i < 50 && answer === null; i += 1)
      answer = await thread.run({ kind: 'ready' }, null).catch(() => null);
    expect(answer).toEqual({ kind: 'done' });
  });

  it('ends with a task that takes too much memory, and the process survives', async () => {
    const thread = start(60_000);
    const value = Array.from({ length: 2_000_000 }, (_, i) => ({ i }));
    const task = { kind: 'validate', hash: 'x', schema: { type: 'array' }, value } as const;
    await expect(thread.run(task, null)).rejects.toThrow(TaskEndedError);
    expect(await thread.run({ kind: 'ready' }, null)).toEqual({ kind: 'done' });
  });

  it('accepts no tasks after it is closed', async () => {
    const thread = start();
    expect(await thread.run({ kind: 'ready' }, null)).toEqual({ kind: 'done' });
    await thread.close();
    await expect(thread.run({ kind: 'ready' }, null)).rejects.toMatchObject({ kind: 'unavailable' });
  });
});
