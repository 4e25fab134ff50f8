import type { WorkflowBundleOption } from '@temporalio/worker';
import type { Container } from '../../src/container';
import { OutboxRelay } from '../../src/platform/outbox/outbox.relay';
import { OutboxRepository } from '../../src/platform/outbox/outbox.repository';
import { describeTemporalError } from '../../src/platform/temporal/errors';
import { TemporalClient } from '../../src/platform/temporal/temporal-client';
import { createActivities } from '../activities';
import { applySchedules } from '../apply-schedules';
import { SCHEDULES } from '../schedules';
import { WorkerGroup } from './worker-group';

export interface WorkerProcessOptions {
  container: Container;
  workflowBundle: WorkflowBundleOption;
  /** Called each time when work is being taken. */
  onRunning?: () => void;
}

/** All that a worker does: takes work from Temporal, carries jobs there, keeps the schedules. */
export class WorkerProcess {
  readonly temporal: TemporalClient;
  readonly relay: OutboxRelay;
  private readonly group: WorkerGroup;

  constructor(private readonly options: WorkerProcessOptions) {
    const { config, db, logger } = options.container.platform;
    this.temporal = new TemporalClient(config, logger);
    this.relay = new OutboxRelay({
      repository: new OutboxRepository(db),
      temporal: this.temporal,
      databaseUrl: config.DATABASE_DIRECT_URL,
      logger,
    });
    this.group = new WorkerGroup({
      config,
      logger,
      activities: createActivities(options.container),
      workflowBundle: options.workflowBundle,
      onReachable: () => this.prepareNamespace(),
      onRunning: () => {
        logger.info('taking work', {
          temporal: config.TEMPORAL_ADDRESS,
          namespace: config.TEMPORAL_NAMESPACE,
        });
        options.onRunning?.();
      },
    });
  }

  /** Begins, with or without database and Temporal: what is away is waited for. */
  async start(): Promise<void> {
    await this.options.container.start();
    await this.relay.start();
    this.group.start();
  }

  /** No more jobs are brought, none are taken, those in hand end or are broken off; then the connections close. */
  async stop(): Promise<void> {
    await Promise.all([this.relay.stop(), this.group.stop()]);
    await this.temporal.close();
    await this.options.container.stop();
  }

  private async prepareNamespace(): Promise<void> {
    const { logger } = this.options.container.platform;
    await this.temporal.ping();
    try {
      const added = await this.temporal.registerSearchAttributes();
      if (added.length > 0) logger.info('search attributes were registered with Temporal', { added });
    } catch (error) {
      logger.warn('search attributes cannot be registered; workflows start without those that are missing', {
        reason: describeTemporalError(error),
      });
    }
    try {
      await applySchedules(this.temporal, SCHEDULES, logger);
    } catch (error) {
      logger.error('schedules could not be applied; the next start tries again', {
        reason: describeTemporalError(error),
      });
    }
  }
}
