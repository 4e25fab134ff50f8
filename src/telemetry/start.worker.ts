import { startTelemetry } from './start';

startTelemetry('worker');
