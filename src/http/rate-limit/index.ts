export { AttemptLimit, type AttemptLimitOptions } from './attempt-limit';
export { addressOf, createLimiter, type Limiter } from './limiter';
