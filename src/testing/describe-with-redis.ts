import { findRedisUrl } from './test-environment';

/** `describe` if this machine has a redis-server; otherwise its tests are listed as skipped. */
export const describeWithRedis: jest.Describe = findRedisUrl() === undefined ? describe.skip : describe;
