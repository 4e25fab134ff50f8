import { startTelemetry } from './start';

startTelemetry('api');
