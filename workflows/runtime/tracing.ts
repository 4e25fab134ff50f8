import type { InjectedSinks, WorkerInterceptors } from '@temporalio/worker';
import { traceparentOf } from '../../src/platform/temporal/trace-header';
import { inSpan, recordSpan, SpanKind, withSpanId } from '../../src/telemetry/trace';
import type { TraceSinks } from '../shared/trace-interceptors';

/**
 * The id of a workflow's span, which its activities name before it has ended. The end of a run id is random, and known to
 * every worker.
 */
function spanIdOf(runId: string): string {
  return runId.replaceAll('-', '').slice(-16);
}

/** Where workflows tell of their ends. It is also there if no traces are recorded: a workflow may have begun in one. */
export const traceSinks: InjectedSinks<TraceSinks> = {
  trace: {
    ended: {
      fn: ({ workflowType, workflowId, runId, parent }, { traceparent, startedAt, endedAt, failed }) =>
        recordSpan({
          failed,
          name: `RunWorkflow ${workflowType}`,
          spanId: spanIdOf(runId),
          parent: parent === undefined ? traceparent : withSpanId(traceparent, spanIdOf(parent.runId)),
          startedAt: new Date(startedAt),
          endedAt: new Date(endedAt),
          attributes: { 'temporal.workflow_type': workflowType, 'temporal.workflow_id': workflowId },
        }),
    },
  },
};

/**
 * A span for each attempt at an activity, in the trace of its workflow; for one that a schedule has started, which belongs
 * to no request, a trace of its own.
 */
export const traceActivities: NonNullable<WorkerInterceptors['activity']>[number] = ({ info }) => ({
  inbound: {
    execute: (input, next) => {
      const { runId } = info.workflowExecution ?? {};
      const carried = traceparentOf(input.headers);
      const parent = runId === undefined ? carried : withSpanId(carried, spanIdOf(runId));
      const attributes = {
        'temporal.workflow_type': info.workflowType ?? '',
        'temporal.workflow_id': info.workflowExecution?.workflowId ?? '',
        'temporal.activity_type': info.activityType,
        'temporal.attempt': info.attempt,
        'temporal.task_queue': info.taskQueue,
      };
      const options = { kind: SpanKind.CONSUMER, attributes, parent };
      return inSpan(`RunActivity ${info.activityType}`, options, () => next(input));
    },
  },
});
