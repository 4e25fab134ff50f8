import { CircuitBreaker } from './ai.breaker';

describe('the circuit breaker', () => {
  let now = 0;
  let breaker: CircuitBreaker;
  const fail = (times: number) => {
    for (let n = 0; n < times; n += 1) {
      breaker.enter('m');
      breaker.report('m', 'failed');
    }
  };
  beforeEach(() => {
    now = 1_000_000;
    breaker = new CircuitBreaker(() => now);
  });

  it('opens after five failures in a row, for that model alone', () => {
    fail(4);
    expect(breaker.enter('m')).toBe(true);
    breaker.report('m', 'failed');
    expect(breaker.enter('m')).toBe(false);
    expect(breaker.enter('other')).toBe(true);
    expect(breaker.retryAfterSeconds('m')).toBe(10);
  });

  it('forgets failures once a call succeeds', () => {
    fail(4);
    breaker.report('m', 'healthy');
    fail(4);
    expect(breaker.admits('m')).toBe(true);
  });

  it('lets one call through after a while, and opens or closes by how it goes', () => {
    fail(5);
    now += 10_000;
    expect(breaker.enter('m')).toBe(true);
    expect(breaker.enter('m')).toBe(false);
    breaker.report('m', 'failed');
    expect(breaker.enter('m')).toBe(false);
    now += 10_000;
    expect(breaker.enter('m')).toBe(true);
    breaker.report('m', 'healthy');
    expect(breaker.enter('m')).toBe(true);
    expect(breaker.enter('m')).toBe(true);
  });

  it('frees the place of a probe that the caller broke off', () => {
    fail(5);
    now += 10_000;
    expect(breaker.enter('m')).toBe(true);
    breaker.report('m', 'unknown');
    expect(breaker.enter('m')).toBe(true);
  });
});
