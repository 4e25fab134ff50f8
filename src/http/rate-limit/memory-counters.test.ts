import { MemoryCounters } from './memory-counters';

describe('counters in memory', () => {
  beforeEach(() => jest.useFakeTimers({ now: 0 }));
  afterEach(() => jest.useRealTimers());

  const hits = (counters: MemoryCounters, key: string) => counters.increment(key).totalHits;

  it('count each key for itself, within a window that begins with its first hit', () => {
    const counters = new MemoryCounters(1_000);
    jest.setSystemTime(400);
    expect(counters.increment('a')).toEqual({ totalHits: 1, resetTime: new Date(1_400) });
    expect([hits(counters, 'a'), hits(counters, 'b')]).toEqual([2, 1]);
    jest.setSystemTime(1_399);
    expect(hits(counters, 'a')).toBe(3);
    jest.setSystemTime(1_400);
    expect(counters.increment('a')).toEqual({ totalHits: 1, resetTime: new Date(2_400) });
  });

  it('give numbers that later hits do not change', () => {
    const counters = new MemoryCounters(1_000);
    const first = counters.increment('a');
    counters.increment('a');
    expect(first.totalHits).toBe(1);
  });

  it('take hits back, never below none', () => {
    const counters = new MemoryCounters(1_000);
    counters.increment('a');
    counters.increment('a');
    counters.decrement('a');
    expect(hits(counters, 'a')).toBe(2);
    for (let i = 0; i < 5; i += 1) counters.decrement('a');
    counters.decrement('never seen');
    expect(hits(counters, 'a')).toBe(1);
    counters.reset('a');
    expect(hits(counters, 'a')).toBe(1);
  });

  it('forget expired windows', () => {
    const counters = new MemoryCounters(1_000);
    for (let i = 0; i < 100; i += 1) counters.increment(`key ${i}`);
    jest.setSystemTime(1_000);
    counters.increment('a');
    jest.setSystemTime(2_000);
    counters.increment('a');
    const { current, previous } = counters as unknown as Record<string, Map<string, unknown>>;
    expect((current?.size ?? 0) + (previous?.size ?? 0)).toBeLessThanOrEqual(2);
  });
});
