import {
  Client,
  Connection,
  defaultGrpcRetryOptions,
  makeGrpcRetryInterceptor,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
} from '@temporalio/client';
import type { SearchAttributePair } from '@temporalio/common';
import type { TemporalSettings } from '../../config/config';
import { AppError } from '../../shared/errors';
import type { Logger } from '../logging/logger';
import { backgroundLimits, type TemporalCallLimits } from './call-limits';
import { temporalAddress } from './connection';
import { createDataConverter } from './data-converter';
import { isUnknownSearchAttribute, translateTemporalError } from './errors';
import { ScheduleOperations } from './schedule-operations';
import { SEARCH_ATTRIBUTE_NAMES, SEARCH_ATTRIBUTES } from './search-attributes';
import { traceStarts } from './trace-header';
import { WorkflowOperations } from './workflow-operations';

/** By default, gRPC pauses reconnecting for two minutes after a long outage. */
const MAX_RECONNECT_PAUSE_MS = 2_000;
/** Servers learn of a new search attribute within seconds; jobs do not wait for that. */
const ATTRIBUTES_PAUSE_MS = 60_000;
/** `INDEXED_VALUE_TYPE_KEYWORD` of Temporal's API. */
const KEYWORD = 2;
/** `TASK_QUEUE_TYPE_WORKFLOW` and `TASK_QUEUE_TYPE_ACTIVITY` of the same API. */
const TASK_KINDS = [1, 2];

/** A workflow to be started: ids, codes and counts only. */
export interface WorkflowStart {
  workflow: string;
  workflowId: string;
  taskQueue: string;
  input: unknown;
  /** One line for operators. */
  summary: string;
  tenantId: string | null;
  subjectId: string | null;
}

/** The calls for operators. */
export interface TemporalOperations {
  workflows: WorkflowOperations;
  schedules: ScheduleOperations;
}

/**
 * Our side of Temporal: starts and cancels workflows, with a limit on every wait. It connects when first
 * used and reconnects by itself.
 */
export class TemporalClient {
  readonly client: Client;
  private readonly operations: TemporalOperations;
  private readonly connection: Connection;
  private attributesPausedUntil = 0;

  constructor(
    private readonly config: TemporalSettings,
    private readonly logger: Pick<Logger, 'warn'>,
    private readonly limits: TemporalCallLimits = backgroundLimits(config),
  ) {
    this.connection = Connection.lazy({
      ...temporalAddress(config),
      connectTimeout: limits.callMs,
      channelArgs: { 'grpc.max_reconnect_backoff_ms': MAX_RECONNECT_PAUSE_MS },
      interceptors: [makeGrpcRetryInterceptor(defaultGrpcRetryOptions({ maxAttempts: limits.attempts }))],
    });
    this.client = new Client({
      connection: this.connection,
      namespace: this.namespace,
      dataConverter: createDataConverter(config),
      interceptors: { workflow: [traceStarts] },
    });
    this.operations = {
      workflows: new WorkflowOperations(this.client),
      schedules: new ScheduleOperations(this.client),
    };
  }

  get namespace(): string {
    return this.config.TEMPORAL_NAMESPACE;
  }

  /** Starts the workflow once. An id that was used before, even by an ended workflow, counts as started. */
  async start(job: WorkflowStart): Promise<'started' | 'already_started'> {
    const withAttributes = this.attributesPausedUntil <= Date.now();
    try {
      await this.within(() => this.startOnce(job, withAttributes ? attributesOf(job) : []));
      return 'started';
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return 'already_started';
      if (!withAttributes || !isUnknownSearchAttribute(error)) throw error;
      this.attributesPausedUntil = Date.now() + ATTRIBUTES_PAUSE_MS;
      this.logger.warn(
        'search attributes are missing in this Temporal namespace; workflows start without them',
        {
          attributes: SEARCH_ATTRIBUTE_NAMES.join(', '),
        },
      );
      return this.start(job);
    }
  }

  /** Asks the workflow to stop. An ended or unknown workflow counts as stopped. */
  async cancel(workflowId: string): Promise<void> {
    try {
      await this.within(() => this.client.workflow.getHandle(workflowId).cancel());
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  }

  /** Registers our search attributes with the namespace. @returns the names that were missing */
  async registerSearchAttributes(): Promise<string[]> {
    const { namespace } = this;
    const { operatorService } = this.connection;
    const missing = await this.missingSearchAttributes();
    if (missing.length === 0) return [];
    const searchAttributes = Object.fromEntries(missing.map((name) => [name, KEYWORD]));
    await this.within(() => operatorService.addSearchAttributes({ namespace, searchAttributes }));
    return missing;
  }

  /** Lists our search attributes that the namespace lacks. */
  async missingSearchAttributes(): Promise<string[]> {
    const { namespace } = this;
    const known = await this.within(() =>
      this.connection.operatorService.listSearchAttributes({ namespace }),
    );
    return SEARCH_ATTRIBUTE_NAMES.filter((name) => !(name in (known.customAttributes ?? {})));
  }

  /** Lists the builds of the workers that have polled a queue within the last minutes. */
  async pollersOf(queue: string): Promise<string[]> {
    const { namespace } = this;
    const both = await this.within(() =>
      Promise.all(
        TASK_KINDS.map((taskQueueType) =>
          this.connection.workflowService.describeTaskQueue({
            namespace,
            taskQueue: { name: queue },
            taskQueueType,
          }),
        ),
      ),
    );
    const pollers = both.flatMap((each) => each.pollers ?? []);
    const build = (poller: (typeof pollers)[number]) =>
      poller.workerVersionCapabilities?.buildId ?? poller.deploymentOptions?.buildId ?? '';
    return [...new Map(pollers.map((poller) => [poller.identity, build(poller)])).values()];
  }

  /** Checks that Temporal answers and has our namespace. @throws its error otherwise */
  async ping(): Promise<void> {
    const { namespace } = this;
    await this.within(() => this.connection.workflowService.describeNamespace({ namespace }));
  }

  /** Runs calls of `client` with the usual time limit. */
  within<T>(work: () => Promise<T>): Promise<T> {
    return this.connection.withDeadline(Date.now() + this.limits.callMs, work);
  }

  /**
   * The same for callers who wait: `work` may make several calls, which share the limit.
   * @throws UnavailableError while Temporal is unreachable, InvalidInputError if it refuses the request
   */
  async ask<T>(work: (operations: TemporalOperations) => Promise<T>): Promise<T> {
    try {
      return await this.within(() => work(this.operations));
    } catch (error) {
      if (error instanceof AppError) throw error;
      throw translateTemporalError(error);
    }
  }

  /** Closes the connection. */
  async close(): Promise<void> {
    await this.connection.close();
  }

  private async startOnce(job: WorkflowStart, typedSearchAttributes: SearchAttributePair[]): Promise<void> {
    await this.client.workflow.start(job.workflow, {
      workflowId: job.workflowId,
      taskQueue: job.taskQueue,
      args: [job.input],
      // The default would start an id again after its first run has ended.
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      staticSummary: job.summary,
      typedSearchAttributes,
    });
  }
}

function attributesOf(job: WorkflowStart): SearchAttributePair[] {
  const pairs: SearchAttributePair[] = [{ key: SEARCH_ATTRIBUTES.kind, value: job.workflow }];
  if (job.tenantId !== null) pairs.push({ key: SEARCH_ATTRIBUTES.tenantId, value: job.tenantId });
  if (job.subjectId !== null) pairs.push({ key: SEARCH_ATTRIBUTES.subjectId, value: job.subjectId });
  return pairs;
}
