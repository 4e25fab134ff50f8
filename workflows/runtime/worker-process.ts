import type { WorkflowBundleOption } from '@temporalio/worker';
import type { Container } from '../../src/container';
import { OutboxRelay } from '../../src/platform/outbox/outbox.relay';
import { OutboxRepository } from '../../src/platform/outbox/outbox.repository';
import { describeTemporalError } from '../../src/platform/temporal/errors';
import type { TemporalClient } from '../../src/platform/temporal/temporal-client';
import { logDelivery } from '../../src/telemetry/delivery-log';
import { NO_TELEMETRY, type Telemetry } from '../../src/telemetry/telemetry';
import { createActivities } from '../activities';
import { applySchedules } from '../apply-schedules';
import { catchUpUsage } from '../catch-up-usage';
import { SCHEDULES } from '../schedules';
import { HealthServer } from './health-server';
import { measureActivities, measureWorker } from './metrics';
import { NO_TEMPORAL_METRICS, type TemporalMetrics } from './temporal-metrics';
import { traceActivities, traceSinks } from './tracing';
import { WorkerGroup } from './worker-group';

export interface WorkerProcessOptions {
  container: Container;
  workflowBundle: WorkflowBundleOption;
  /** The OpenTelemetry SDK of this process, if it runs. */
  telemetry?: Telemetry;
  /** How Temporal's SDK exports its metrics. */
  temporalMetrics?: TemporalMetrics;
  /** Called each time work is being taken. */
  onRunning?: () => void;
}

/**
 * Everything that a worker does: takes work from Temporal, dispatches jobs to it, and applies the
 * schedules.
 */
export class WorkerProcess {
  readonly temporal: TemporalClient;
  readonly relay: OutboxRelay;
  private readonly group: WorkerGroup;
  private readonly stopping = new AbortController();
  /** Null without WORKER_HEALTH_PORT. */
  readonly health: HealthServer | null;
  private readonly telemetry: Telemetry;

  constructor(private readonly options: WorkerProcessOptions) {
    const { config, db, logger, temporal } = options.container.platform;
    this.temporal = temporal.get();
    this.relay = new OutboxRelay({
      repository: new OutboxRepository(db),
      temporal: this.temporal,
      databaseUrl: config.DATABASE_DIRECT_URL,
      logger,
    });
    measureWorker({
      lag: () => this.relay.lag(),
      activeSessions: () => options.container.sessions.cleanup.countActive(),
      queues: () => this.group.status(),
    });
    this.group = new WorkerGroup({
      config,
      logger,
      activities: createActivities(options.container, this.stopping.signal),
      workflowBundle: options.workflowBundle,
      interceptors: { activity: [traceActivities, measureActivities] },
      sinks: traceSinks,
      onReachable: () => this.prepareNamespace(),
      onRunning: () => {
        logger.info('taking work', {
          temporal: config.TEMPORAL_ADDRESS,
          namespace: config.TEMPORAL_NAMESPACE,
          queues: config.WORKER_QUEUES.join(', '),
        });
        options.onRunning?.();
      },
    });
    this.telemetry = options.telemetry ?? NO_TELEMETRY;
    logDelivery(this.telemetry, logger);
    this.health = this.createHealthServer();
  }

  /** Starts with or without database and Temporal, and waits for whatever is unreachable. */
  async start(): Promise<void> {
    await this.health?.start();
    await this.options.container.start();
    await this.relay.start();
    this.group.start();
  }

  /** Stops dispatching and taking jobs, ends or aborts those in progress, then closes the connections. */
  async stop(): Promise<void> {
    this.health?.drain();
    this.stopping.abort();
    await Promise.all([this.relay.stop(), this.group.stop()]);
    await this.options.container.stop();
    await this.telemetry.stop();
    // Last, so that probes see the process drain.
    await this.health?.stop();
  }

  private createHealthServer(): HealthServer | null {
    const { config, db } = this.options.container.platform;
    if (config.WORKER_HEALTH_PORT === undefined) return null;
    return new HealthServer({
      port: config.WORKER_HEALTH_PORT,
      host: config.HOST,
      metrics: [this.telemetry, this.options.temporalMetrics ?? NO_TEMPORAL_METRICS],
      queues: () => this.group.status(),
      checks: { database: () => db.ping(), temporal: () => this.temporal.ping() },
    });
  }

  private async prepareNamespace(): Promise<void> {
    const { logger } = this.options.container.platform;
    await this.temporal.ping();
    try {
      const added = await this.temporal.registerSearchAttributes();
      if (added.length > 0) logger.info('search attributes were registered with Temporal', { added });
    } catch (error) {
      logger.warn('search attributes cannot be registered; workflows start without the missing attributes', {
        reason: describeTemporalError(error),
      });
    }
    try {
      await applySchedules(this.temporal, SCHEDULES, logger);
      // Not awaited: it takes long while the database is unreachable, and workflows should not wait for
      // that.
      void catchUpUsage(this.temporal, this.options.container.usage.aggregation, logger);
    } catch (error) {
      logger.error('schedules could not be applied; the next start tries again', {
        reason: describeTemporalError(error),
      });
    }
  }
}
