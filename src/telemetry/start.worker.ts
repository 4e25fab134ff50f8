import { startTracingOf } from './start';

startTracingOf('worker');
