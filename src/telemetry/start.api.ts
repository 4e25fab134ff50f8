import { startTracingOf } from './start';

startTracingOf('api');
