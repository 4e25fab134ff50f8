import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  type WorkflowExecutionDescription,
  type WorkflowExecutionInfo,
  WorkflowFailedError,
  type WorkflowHandle,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { executionInfoFromRaw } from '@temporalio/client/lib/helpers';
import type { TypedSearchAttributes } from '@temporalio/common';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow';
import { optionalTsToDate } from '@temporalio/common/lib/time';
import { InvalidInputError } from '../../shared/errors';
import { temporalFailureOf } from './errors';
import { codeOf, protoCodeOf } from './failure-codes';
import {
  type PendingActivity,
  WORKFLOW_STATES,
  type WorkflowDetail,
  type WorkflowEnding,
  type WorkflowFilter,
  type WorkflowInfo,
  type WorkflowState,
} from './operations.types';
import { ownScheduleId } from './schedule-ids';
import { SEARCH_ATTRIBUTES } from './search-attributes';

/** A worker answers in milliseconds; without a worker, nobody should wait. */
const QUERY_LIMIT_MS = 1_000;

/** The names in Temporal's list. */
const STATUS_NAMES: Readonly<Record<WorkflowState, string>> = {
  running: 'Running',
  completed: 'Completed',
  failed: 'Failed',
  cancelled: 'Canceled',
  terminated: 'Terminated',
  timed_out: 'TimedOut',
  continued_as_new: 'ContinuedAsNew',
};

/** What operators do with workflows. Every call is made within `TemporalClient.ask`. */
export class WorkflowOperations {
  constructor(private readonly client: Client) {}

  /**
   * Lists a page of workflows: open ones first, then the newest.
   * @param cursor from the previous page; null for the first
   */
  async list(
    filter: WorkflowFilter,
    cursor: string | null,
    limit: number,
  ): Promise<{ items: WorkflowInfo[]; nextCursor: string | null }> {
    const { client } = this;
    const { namespace } = client.options;
    const { executions, nextPageToken } = await client.workflowService
      .listWorkflowExecutions({
        namespace,
        pageSize: limit,
        nextPageToken: Buffer.from(cursor ?? '', 'base64url'),
        query: queryOf(filter),
      })
      .catch((error: unknown) => {
        // Some stores answer an invalid token with errors of their own.
        if (cursor === null || temporalFailureOf(error) === 'away') throw error;
        throw new InvalidInputError('This cursor does not belong to this list. Start without a cursor.', {
          reason: 'temporal.refused',
        });
      });
    const converter = client.options.loadedDataConverter;
    const items = await Promise.all(
      executions.map(async (raw) => infoOf(await executionInfoFromRaw(raw, converter, raw, namespace))),
    );
    const next = Buffer.from(nextPageToken ?? []).toString('base64url');
    return { items, nextCursor: next === '' ? null : next };
  }

  /** Counts workflows by state, including states without any. */
  async countByState(filter: WorkflowFilter): Promise<Record<WorkflowState, number>> {
    const query = `${queryOf(filter)} GROUP BY ExecutionStatus`.trim();
    const { groups } = await this.client.workflow.count(query);
    const counts = new Map(groups.map(({ count, groupValues }) => [String(groupValues[0]), count]));
    const entries = WORKFLOW_STATES.map((state) => [state, counts.get(STATUS_NAMES[state]) ?? 0]);
    return Object.fromEntries(entries) as Record<WorkflowState, number>;
  }

  /** Counts workflows. */
  async count(filter: WorkflowFilter): Promise<number> {
    return (await this.client.workflow.count(queryOf(filter))).count;
  }

  /** Finds its newest run. */
  async find(workflowId: string): Promise<WorkflowDetail | null> {
    try {
      const description = await this.handle(workflowId).describe();
      return {
        ...infoOf(description),
        summary: (await description.staticSummary()) ?? null,
        pendingActivities: pendingOf(description),
        historyEvents: description.historyLength,
      };
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return null;
      throw error;
    }
  }

  /** Queries the progress of the workflow; null if no worker answers in time. */
  async progress(workflowId: string): Promise<unknown> {
    try {
      return await this.client.connection.withDeadline(Date.now() + QUERY_LIMIT_MS, () =>
        this.handle(workflowId).query<unknown>('progress'),
      );
    } catch {
      return null;
    }
  }

  /** Reads how a closed workflow has ended. */
  async ending(workflowId: string, runId: string): Promise<WorkflowEnding> {
    try {
      const handle = this.client.workflow.getHandle(workflowId, runId, { followRuns: false });
      return { code: null, result: (await handle.result()) ?? null };
    } catch (error) {
      if (error instanceof WorkflowFailedError) return { code: codeOf(error.cause), result: null };
      throw error;
    }
  }

  /** Asks the workflow to end. It is no error if it has already ended. */
  async cancel(workflowId: string): Promise<void> {
    try {
      await this.handle(workflowId).cancel();
    } catch (error) {
      // It ended at this moment.
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  }

  /**
   * Restarts a failed workflow: the same id, input, queue and attributes in a new run.
   * @returns false if another caller was faster
   */
  async restart({ workflowId, runId, kind, taskQueue, summary }: WorkflowDetail): Promise<boolean> {
    const { client } = this;
    const [args, attributes] = await Promise.all([
      this.inputOf(workflowId, runId),
      this.attributesOf(workflowId),
    ]);
    try {
      await client.workflow.start(kind, {
        workflowId,
        taskQueue,
        args,
        workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
        typedSearchAttributes: Object.values(SEARCH_ATTRIBUTES).flatMap((key) => {
          const value = attributes.get(key);
          return value === undefined ? [] : [{ key, value }];
        }),
        ...(summary === null ? {} : { staticSummary: summary }),
      });
      return true;
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
      throw error;
    }
  }

  private async inputOf(workflowId: string, runId: string): Promise<unknown[]> {
    const { client } = this;
    const { namespace } = client.options;
    const { history } = await client.workflowService.getWorkflowExecutionHistory({
      namespace,
      execution: { workflowId, runId },
      maximumPageSize: 1,
    });
    const started = history?.events?.[0]?.workflowExecutionStartedEventAttributes;
    return decodeArrayFromPayloads(client.options.loadedDataConverter, started?.input?.payloads);
  }

  private async attributesOf(workflowId: string): Promise<TypedSearchAttributes> {
    return (await this.handle(workflowId).describe()).typedSearchAttributes;
  }

  private handle(workflowId: string): WorkflowHandle {
    return this.client.workflow.getHandle(workflowId);
  }
}

/**
 * Values are ids, names from the code and states. None of them can end the quoted text; this is checked
 * once more.
 */
function queryOf({ kind, state, subjectId, tenantId }: WorkflowFilter): string {
  const wanted = {
    WorkflowType: kind,
    ExecutionStatus: state === undefined ? undefined : STATUS_NAMES[state],
    [SEARCH_ATTRIBUTES.tenantId.name]: tenantId,
    [SEARCH_ATTRIBUTES.subjectId.name]: subjectId,
  };
  return Object.entries(wanted)
    .flatMap(([name, value]) => {
      if (value === undefined) return [];
      if (!/^[\w-]+$/.test(value)) throw new Error(`${name} cannot be asked for: ${value}`);
      return [`${name} = '${value}'`];
    })
    .join(' AND ');
}

function infoOf(info: Omit<WorkflowExecutionInfo, 'raw'>): WorkflowInfo {
  const attributes = info.typedSearchAttributes;
  const [scheduleId] = (info.searchAttributes.TemporalScheduledById ?? []) as string[];
  return {
    workflowId: info.workflowId,
    runId: info.runId,
    kind: info.type,
    state: info.status.name.toLowerCase() as WorkflowState,
    taskQueue: info.taskQueue,
    tenantId: attributes.get(SEARCH_ATTRIBUTES.tenantId) ?? null,
    subjectId: attributes.get(SEARCH_ATTRIBUTES.subjectId) ?? null,
    scheduleId: scheduleId === undefined ? null : ownScheduleId(scheduleId),
    startedAt: info.startTime,
    closedAt: info.closeTime ?? null,
  };
}

function pendingOf({ raw }: WorkflowExecutionDescription): PendingActivity[] {
  return (raw.pendingActivities ?? []).map(({ activityType, attempt, lastFailure, scheduledTime }) => ({
    activity: activityType?.name ?? '',
    attempt: attempt ?? 1,
    lastFailure: lastFailure == null ? null : protoCodeOf(lastFailure),
    nextAttemptAt: optionalTsToDate(scheduledTime) ?? null,
  }));
}
