import { ModelCircuits } from './ai.circuits';

describe('the circuits of models', () => {
  let now = 0;
  let circuits: ModelCircuits;
  const fail = (times: number) => {
    for (let n = 0; n < times; n += 1) {
      circuits.enter('m');
      circuits.report('m', 'failed');
    }
  };
  beforeEach(() => {
    now = 1_000_000;
    circuits = new ModelCircuits(() => now);
  });

  it('opens after five failures in a row, only for that model', () => {
    fail(4);
    expect(circuits.enter('m')).toBe(true);
    circuits.report('m', 'failed');
    expect(circuits.enter('m')).toBe(false);
    expect(circuits.enter('other')).toBe(true);
    expect(circuits.retryAfterSeconds('m')).toBe(10);
  });

  it('forgets failures once a call succeeds', () => {
    fail(4);
    circuits.report('m', 'healthy');
    fail(4);
    expect(circuits.admits('m')).toBe(true);
  });

  it('lets one call through after a while, and opens or closes by how it goes', () => {
    fail(5);
    now += 10_000;
    expect(circuits.enter('m')).toBe(true);
    expect(circuits.enter('m')).toBe(false);
    circuits.report('m', 'failed');
    expect(circuits.enter('m')).toBe(false);
    now += 10_000;
    expect(circuits.enter('m')).toBe(true);
    circuits.report('m', 'healthy');
    expect(circuits.enter('m')).toBe(true);
    expect(circuits.enter('m')).toBe(true);
  });

  it('frees the place of a probe that the caller broke off', () => {
    fail(5);
    now += 10_000;
    expect(circuits.enter('m')).toBe(true);
    circuits.report('m', 'unknown');
    expect(circuits.enter('m')).toBe(true);
  });
});
