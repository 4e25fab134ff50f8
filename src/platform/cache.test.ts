import type { Bus } from './bus/bus';
import { Cache } from './cache';

/** A bus that can be disconnected. */
class SwitchedBus {
  connected = true;
  private readonly handlers: (() => void)[] = [];

  onGap(handler: () => void): void {
    this.handlers.push(handler);
  }

  lose(): void {
    this.connected = false;
    for (const handler of this.handlers) handler();
  }
}

describe('a cache', () => {
  let bus: SwitchedBus;
  let cache: Cache<string>;
  let loads: number;
  beforeEach(() => {
    jest.useFakeTimers({ now: 1_000 });
    bus = new SwitchedBus();
    cache = new Cache<string>(bus as unknown as Bus, { name: 'test', ttlMs: 100, maxEntries: 2 });
    loads = 0;
  });
  afterEach(() => jest.useRealTimers());

  const load = async () => `value ${(loads += 1)}`;

  it('keeps a loaded value until it expires', async () => {
    expect(await cache.get('a', load)).toBe('value 1');
    expect(await cache.get('a', load)).toBe('value 1');
    expect(cache.peek('a')).toBe('value 1');
    jest.setSystemTime(1_101);
    expect(cache.peek('a')).toBeNull();
    expect(await cache.get('a', load)).toBe('value 2');
  });

  it('loads once for callers of one moment, and again after a failure', async () => {
    const values = await Promise.all([cache.get('a', load), cache.get('a', load), cache.get('b', load)]);
    expect(values).toEqual(['value 1', 'value 1', 'value 2']);
    await expect(cache.get('c', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(await cache.get('c', load)).toBe('value 3');
  });

  it('forgets by key, by tag, and all', async () => {
    cache = new Cache<string>(bus as unknown as Bus, {
      name: 'test',
      ttlMs: 100,
      maxEntries: 2,
      tagsOf: (value) => [value, 'any'],
    });
    await cache.get('a', load);
    await cache.get('b', load);
    cache.forget('a');
    expect([cache.peek('a'), cache.peek('b')]).toEqual([null, 'value 2']);
    await cache.get('a', load);
    cache.forgetTagged('value 2');
    expect([cache.peek('a'), cache.peek('b')]).toEqual(['value 3', null]);
    await cache.get('b', load);
    cache.forgetTagged('value 2');
    expect([cache.peek('a'), cache.peek('b')]).toEqual(['value 3', 'value 4']);
    cache.forgetTagged('any');
    expect([cache.peek('a'), cache.peek('b')]).toEqual([null, null]);
    await cache.get('a', load);
    cache.clear();
    expect(cache.peek('a')).toBeNull();
  });

  it('visits no entry to forget those with a tag, however many there are', async () => {
    let visits = 0;
    const people = new Cache<{ readonly groups: readonly string[] }>(bus as unknown as Bus, {
      name: 'people',
      ttlMs: 100,
      maxEntries: 20_000,
      tagsOf: (person) => person.groups,
    });
    for (let i = 0; i < 20_000; i += 1) {
      const groups = new Proxy(['district', `school${i % 10}`], {
        get: (target, field) => {
          visits += 1;
          return Reflect.get(target, field);
        },
      });
      await people.get(`person${i}`, async () => ({ groups }));
    }
    const before = visits;
    people.forgetTagged('school3');
    expect(visits).toBe(before);
    expect(people.peek('person3')).toBeNull();
    expect(people.peek('person4')).not.toBeNull();
    expect(visits).toBeGreaterThan(before);
  });

  it('forgets everything when more tags have changed than it tracks', async () => {
    await cache.get('a', load);
    for (let i = 0; i <= 10_000; i += 1) cache.forgetTagged(`tag ${i}`);
    expect(cache.peek('a')).toBeNull();
  });

  it('never keeps a value whose loading began before a change', async () => {
    let finish: (value: string) => void = () => {};
    const loading = cache.get('a', () => new Promise((resolve) => (finish = resolve)));
    cache.forget('a');
    finish('from before');
    expect(await loading).toBe('from before');
    expect(cache.peek('a')).toBeNull();
    expect(await cache.get('a', load)).toBe('value 1');
  });

  it('lets nobody who asks after a change wait for what began before it', async () => {
    const slow = cache.get('a', () => new Promise(() => {}));
    cache.forget('a');
    expect(await cache.get('a', load)).toBe('value 1');
    void slow;
  });

  it('holds a bounded number of entries, and drops the oldest first', async () => {
    for (const key of ['a', 'b', 'c']) await cache.get(key, load);
    expect([cache.peek('a'), cache.peek('b'), cache.peek('c')]).toEqual([null, 'value 2', 'value 3']);
  });

  it('is empty and off while it could miss a change', async () => {
    await cache.get('a', load);
    bus.lose();
    expect(cache.peek('a')).toBeNull();
    expect(await cache.get('a', load)).toBe('value 2');
    expect(await cache.get('a', load)).toBe('value 3');
    bus.connected = true;
    expect(cache.peek('a')).toBeNull();
  });
});
