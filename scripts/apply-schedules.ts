import { loadTemporalSettings } from '../src/config/config';
import { createLogger } from '../src/platform/logging/logger';
import { TemporalClient } from '../src/platform/temporal/temporal-client';
import { applySchedules } from '../workflows/apply-schedules';
import { SCHEDULES } from '../workflows/schedules';

/** A deployment waits for this command, and Temporal may still be starting beside it. */
const LIMITS = { callMs: 20_000, attempts: 5 };

/**
 * Registers the search attributes and makes the schedules equal to the table, as each worker does when it
 * starts. As a step of its own, it makes a deployment fail if Temporal refuses them.
 */
export async function applyScheduleTable(): Promise<void> {
  const logger = createLogger({ service: 'script', level: 'warn', format: 'json' });
  const temporal = new TemporalClient(loadTemporalSettings(), logger, LIMITS);
  try {
    const attributes = await temporal.registerSearchAttributes();
    const changes = await applySchedules(temporal, SCHEDULES, logger);
    console.log(JSON.stringify({ attributes, ...changes }));
  } finally {
    await temporal.close();
  }
}
