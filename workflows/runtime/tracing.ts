import type { InjectedSinks, WorkerInterceptors } from '@temporalio/worker';
import { traceparentOf } from '../../src/platform/temporal/trace-header';
import { inSpan, recordSpan, SpanKind, withSpanId } from '../../src/telemetry/trace';
import type { TraceSinks } from '../shared/trace-interceptors';

/**
 * Returns the id of a workflow's span, which its activities name as parent before the span has ended. The
 * end of a run id is random, and every worker knows it.
 */
function spanIdOf(runId: string): string {
  return runId.replaceAll('-', '').slice(-16);
}

/**
 * Receives the ends of workflows. It is installed even if no traces are recorded, because a workflow may
 * have begun with a trace.
 */
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
 * Records a span for each attempt at an activity, in the trace of its workflow. A workflow that a schedule
 * started belongs to no request, so its activities get their own trace.
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
