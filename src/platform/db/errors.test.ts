import pg from 'pg';
import { isDatabaseUnavailable, isRetryableConflict, violatedConstraint } from './errors';

function databaseError(code: string, message = 'it failed', constraint?: string): Error {
  return Object.assign(new pg.DatabaseError(message, message.length, 'error'), {
    code,
    severity: 'ERROR',
    constraint,
  });
}

/** As Prisma's client throws it. */
function prismaError(code: string, cause: Record<string, unknown> = {}): Error {
  return Object.assign(new Error('Invalid `prisma.user.create()` invocation'), {
    code,
    meta: { driverAdapterError: { cause } },
  });
}

/** As Prisma's adapter throws it inside a transaction. */
function adapterError(cause: Record<string, unknown>): Error {
  return Object.assign(new Error(String(cause.kind)), { name: 'DriverAdapterError', cause });
}

const system = (code: string) => Object.assign(new Error(`connect ${code} 127.0.0.1:5432`), { code });

describe('what the database says of a failure', () => {
  it.each([
    ['a refused connection', system('ECONNREFUSED')],
    ['a cut connection', system('ECONNRESET')],
    ['an unknown host', system('ENOTFOUND')],
    ['no connection in time', new Error('timeout exceeded when trying to connect')],
    ['no answer in time', new Error('Query read timeout')],
    ['a connection that ended', new Error('Connection terminated unexpectedly')],
    ['a connection that timed out', new Error('Connection terminated due to connection timeout')],
    [
      'a client that may no longer be used',
      new Error('Client has encountered a connection error and is not queryable'),
    ],
    [
      'a server that shuts down',
      databaseError('57P01', 'terminating connection due to administrator command'),
    ],
    ['a server that starts', databaseError('57P03', 'the database system is starting up')],
    ['too many connections', databaseError('53300')],
    ['a statement over its time', databaseError('57014')],
    ['a failed connection of class 08', databaseError('08006')],
    ['Prisma without a server', prismaError('P1001')],
    ['Prisma without a transaction in time', prismaError('P2028')],
    ['Prisma with the code below', prismaError('P2010', { originalCode: '57P01' })],
    ['its adapter without a connection', adapterError({ kind: 'ConnectionClosed' })],
    ['its adapter without a server', adapterError({ kind: 'DatabaseNotReachable' })],
  ])('%s: unavailable', (_what, error) => {
    expect(isDatabaseUnavailable(error)).toBe(true);
    expect(violatedConstraint(error)).toBeNull();
  });

  it.each([
    ['a bug', new TypeError('x is undefined')],
    ['a syntax error', databaseError('42601')],
    ['a missing table', databaseError('42P01')],
    ['a unique violation', databaseError('23505', 'duplicate key', 'users_email_key')],
    ['a status of gRPC as a number', Object.assign(new Error('not found'), { code: 5 })],
    ['no error at all', 'just a text'],
    ['nothing', null],
    ['nothing at all', undefined],
  ])('%s: not unavailable', (_what, error) => {
    expect(isDatabaseUnavailable(error)).toBe(false);
  });

  it.each([
    ['a deadlock', databaseError('40P01'), true],
    ['a serialization failure', databaseError('40001'), true],
    ['one that Prisma found', prismaError('P2034'), true],
    ['one in a raw statement of Prisma', prismaError('P2010', { originalCode: '40P01' }), true],
    ['a unique violation', databaseError('23505'), false],
    ['an outage', system('ECONNREFUSED'), false],
  ])('%s may be run again: %s', (_what, error, expected) => {
    expect(isRetryableConflict(error)).toBe(expected);
  });

  it.each([
    ['a unique key', databaseError('23505', 'duplicate key', 'users_email_key'), 'users_email_key'],
    ['a foreign key', databaseError('23503', 'no such row', 'classes_group_fkey'), 'classes_group_fkey'],
    ['a check', databaseError('23514', 'refused', 'groups_depth_check'), 'groups_depth_check'],
    [
      'one named in the text alone',
      databaseError('23505', 'duplicate key value violates unique constraint "a_key"'),
      'a_key',
    ],
    [
      'one behind Prisma',
      prismaError('P2002', { originalCode: '23505', originalMessage: 'violates unique constraint "b_key"' }),
      'b_key',
    ],
    ['no constraint', databaseError('42601', 'syntax error near constraint "c_key"'), null],
  ])('%s is named', (_what, error, expected) => {
    expect(violatedConstraint(error)).toBe(expected);
  });
});
