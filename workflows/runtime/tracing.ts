import type { InjectedSinks, WorkerInterceptors } from '@temporalio/worker';
import { traceparentOf } from '../../src/platform/temporal/trace-header';
import { currentRecorder, inSpan, SpanKind } from '../../src/telemetry/trace';
import type { TraceSinks } from '../shared/trace-interceptors';

/** Where workflows tell of their ends. There also while no traces are recorded: a workflow may have begun in one. */
export const traceSinks: InjectedSinks<TraceSinks> = {
  trace: {
    ended: {
      fn: ({ workflowType, workflowId }, { startedAt, endedAt, ...span }) =>
        currentRecorder()?.record({
          ...span,
          name: `RunWorkflow ${workflowType}`,
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
      const parent = traceparentOf(input.headers);
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
