import { findPgBouncer } from '../local-servers/pgbouncer';

/** `describe` if this machine has a pgbouncer; otherwise its tests are listed as skipped. */
export const describeWithPgBouncer: jest.Describe = findPgBouncer() === undefined ? describe.skip : describe;
