import { findPgBouncer } from '../local-servers/pgbouncer';

/** `describe` where this machine has a pgbouncer; elsewhere its tests are listed as skipped. */
export const describeWithPgBouncer: jest.Describe = findPgBouncer() === undefined ? describe.skip : describe;
