export { AttemptLimit, type AttemptLimitOptions } from './attempt-limit';
export { addressOf, RateLimits } from './limits';
