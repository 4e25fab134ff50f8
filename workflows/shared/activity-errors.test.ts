import { ActivityFailure, ApplicationFailure, RetryState, TimeoutFailure } from '@temporalio/common';
import { ConflictError, NotFoundError, RateLimitedError, UnavailableError } from '../../src/shared/errors';
import { toActivityFailure } from './activity-errors';
import { failureCode } from './failure-code';

describe('what Temporal stores of a failure', () => {
  it('is a code, and never the text', () => {
    const failure = toActivityFailure(
      new ConflictError('run.finished', 'The run of Ada Lovelace has finished.', { name: 'Ada' }),
    );
    expect(failure).toMatchObject({ type: 'run.finished', message: 'run.finished', nonRetryable: true });
    expect(JSON.stringify(failure)).not.toContain('Ada');
    expect(failure.cause).toBeUndefined();
  });

  it.each([
    ['something unknown', new Error('Key (email)=(ada@example.org) already exists'), 'internal'],
    [
      'a database that is away',
      Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }),
      'database.unavailable',
    ],
    ['a thrown text', 'ada@example.org', 'internal'],
  ])('says of %s only what kind it is, and lets it be tried again', (_what, error, code) => {
    const failure = toActivityFailure(error);
    expect(failure).toMatchObject({ type: code, message: code });
    expect(failure.nonRetryable).not.toBe(true);
    expect(JSON.stringify([failure.message, failure.type, failure.details, failure.cause])).not.toContain(
      'ada@',
    );
  });

  it('lets what may pass be tried again, after the pause that was asked for', () => {
    expect(toActivityFailure(new UnavailableError('ai'))).toMatchObject({
      type: 'ai.unavailable',
      nonRetryable: false,
      nextRetryDelay: 2_000,
    });
    expect(toActivityFailure(new RateLimitedError({ limit: 'default', retryAfterSeconds: 7 }))).toMatchObject(
      {
        nonRetryable: false,
        nextRetryDelay: 7_000,
      },
    );
    expect(toActivityFailure(new NotFoundError('run.not_found', 'x'))).toMatchObject({ nonRetryable: true });
  });

  it('does not change if it was made for Temporal', () => {
    const failure = ApplicationFailure.nonRetryable('ai.timeout', 'ai.timeout');
    expect(toActivityFailure(failure)).toBe(failure);
  });
});

describe('the code of a failed activity', () => {
  const failed = (cause: Error) =>
    new ActivityFailure(
      'activity failed',
      'executeRun',
      '1',
      RetryState.MAXIMUM_ATTEMPTS_REACHED,
      'worker',
      cause,
    );

  it.each([
    ['its own', failed(ApplicationFailure.retryable('ai.timeout', 'ai.timeout')), 'ai.timeout'],
    ['that of a lost worker', failed(new TimeoutFailure('', undefined, 'HEARTBEAT')), 'run.worker_lost'],
    ['that of a time limit', failed(new TimeoutFailure('', undefined, 'START_TO_CLOSE')), 'run.timed_out'],
    ['internal where nothing is known', new Error('x'), 'internal'],
  ])('is %s', (_what, error, code) => {
    expect(failureCode(error, 'run')).toBe(code);
  });
});
