import { inSpan, SpanKind } from '../../telemetry/trace';
import { PostgresListener } from '../db/listener';
import type { Logger } from '../logging/logger';
import { Outage } from '../outage';
import { describeTemporalError, temporalFailureOf } from '../temporal/errors';
import type { TemporalClient } from '../temporal/temporal-client';
import { WakeUp } from '../wake-up';
import type { ClaimedEntry, OutboxLag, OutboxRepository } from './outbox.repository';

/** How often rows are polled if no notification arrives. */
const POLL_MS = 2_000;
/** Rows claimed at once. With this concurrency and 5 s per call, a batch stays well within its lease. */
const BATCH = 50;
const CONCURRENCY = 10;
/** After this time, another relay starts a row that a dead relay claimed. */
const LEASE_SECONDS = 60;
/**
 * A row that Temporal refuses for reasons of its own is retried less and less often, and finally given up.
 */
const MAX_PAUSE_SECONDS = 300;
const MAX_ATTEMPTS = 20;

export interface OutboxRelayOptions {
  repository: OutboxRepository;
  temporal: Pick<TemporalClient, 'start' | 'cancel'>;
  /** The address that bypasses any transaction pooler, for LISTEN. */
  databaseUrl: string;
  logger: Logger;
  /** How often the relay polls, in milliseconds. */
  pollMs?: number;
}

type Result = 'started' | 'settled' | 'away';

/**
 * Brings jobs from the outbox to Temporal. Any number of relays work side by side. If one dies between
 * start and mark, another takes its row; Temporal refuses the second start, which counts as success.
 */
export class OutboxRelay {
  private readonly news = new WakeUp();
  private readonly stopping = new WakeUp();
  /**
   * Receives notifications of new rows. It only saves time and may be disconnected, because the relay also
   * polls.
   */
  private readonly listener: PostgresListener;
  private readonly temporalOutage: Outage;
  private readonly databaseOutage: Outage;
  private running: Promise<void> | null = null;
  private stopped = false;

  constructor(private readonly options: OutboxRelayOptions) {
    this.listener = new PostgresListener({
      ...{ url: options.databaseUrl, channel: 'outbox', applicationName: 'raptscallions-outbox' },
      onNotification: () => this.news.call(),
      onConnect: () => this.news.call(),
    });
    this.temporalOutage = new Outage(options.logger, 'Temporal, jobs wait in the outbox');
    this.databaseOutage = new Outage(options.logger, 'the database, no job can be started');
  }

  /** Starts to work, with or without database and Temporal. */
  async start(): Promise<void> {
    this.stopped = false;
    await this.listener.start();
    this.running = this.loop();
  }

  /** Finishes the current batch and ends. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.news.call();
    this.stopping.call();
    await this.listener.stop();
    await this.running;
    this.running = null;
  }

  /** How far the relay is behind. */
  lag(): Promise<OutboxLag> {
    return this.options.repository.lag();
  }

  private async loop(): Promise<void> {
    while (!this.stopped) {
      try {
        const claimed = await this.options.repository.claim(BATCH, LEASE_SECONDS);
        this.databaseOutage.over();
        const pauseMs = await this.deliver(claimed);
        // During an outage, notifications must not end the pause: each new row would cause one more futile
        // call.
        if (pauseMs > 0) await this.stopping.wait(pauseMs);
        else if (claimed.length < BATCH) await this.news.wait(this.options.pollMs ?? POLL_MS);
      } catch (error) {
        await this.stopping.wait(this.databaseOutage.failed(String(error)));
      }
    }
  }

  /** @returns how long to leave Temporal alone, in milliseconds */
  private async deliver(entries: readonly ClaimedEntry[]): Promise<number> {
    for (let at = 0; at < entries.length; at += CONCURRENCY) {
      const group = entries.slice(at, at + CONCURRENCY);
      const results = await Promise.all(group.map((entry) => this.deliverOne(entry)));
      const started = group.filter((_, index) => results[index]?.result === 'started');
      await this.options.repository.markStarted(idsOf(started));
      const away = results.find(({ result }) => result === 'away');
      if (away !== undefined || this.stopped)
        await this.options.repository.release(idsOf(entries.slice(at + CONCURRENCY)));
      if (away !== undefined) return this.temporalOutage.failed(away.reason);
      this.temporalOutage.over();
      if (this.stopped) break;
    }
    return 0;
  }

  private async deliverOne(entry: ClaimedEntry): Promise<{ result: Result; reason: string }> {
    try {
      await inSpan(
        `outbox ${entry.operation} ${entry.workflow}`,
        { kind: SpanKind.CONSUMER, parent: entry.traceparent },
        () => this.dispatch(entry),
      );
      return { result: 'started', reason: '' };
    } catch (error) {
      const reason = describeTemporalError(error);
      return { result: await this.requeue(entry, error, reason), reason };
    }
  }

  private async dispatch(entry: ClaimedEntry): Promise<void> {
    if (entry.operation === 'cancel') await this.options.temporal.cancel(entry.workflowId);
    else await this.options.temporal.start(entry);
  }

  private async requeue(entry: ClaimedEntry, error: unknown, reason: string): Promise<Result> {
    const { repository, logger } = this.options;
    const failure = temporalFailureOf(error);
    if (failure === 'away') {
      await repository.release([entry.id]);
      return 'away';
    }
    const fields = {
      outboxId: entry.id,
      workflow: entry.workflow,
      workflowId: entry.workflowId,
      attempts: entry.attempts,
      reason,
    };
    if (failure === 'refused' || entry.attempts >= MAX_ATTEMPTS) {
      await repository.markFailed(entry.id, reason);
      logger.error('an outbox job cannot be started and will not be retried', fields);
    } else {
      await repository.markRetry(entry.id, reason, Math.min(2 ** entry.attempts, MAX_PAUSE_SECONDS));
      logger.warn('an outbox job could not be started; it is retried', fields);
    }
    return 'settled';
  }
}

function idsOf(entries: readonly ClaimedEntry[]): string[] {
  return entries.map((entry) => entry.id);
}
