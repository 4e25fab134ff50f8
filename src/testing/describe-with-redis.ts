import { findRedisUrl } from './test-environment';

/** `describe` where this machine has a redis-server; elsewhere its tests are listed as skipped. */
export const describeWithRedis: jest.Describe = findRedisUrl() === undefined ? describe.skip : describe;
