import type { WorkflowClientInterceptor } from '@temporalio/client';
import { defaultPayloadConverter, type Headers } from '@temporalio/common';
import { currentTraceparent, inSpan, SpanKind } from '../../telemetry/trace';

/**
 * The header of workflows and activities that names the trace to which they belong; its value is a
 * `traceparent`.
 */
export const TRACE_HEADER = 'traceparent';

/** The trace that a header names, or null. */
export function traceparentOf(headers: Headers): string | null {
  const payload = headers[TRACE_HEADER];
  if (payload === undefined) return null;
  const value: unknown = defaultPayloadConverter.fromPayload(payload);
  return typeof value === 'string' ? value : null;
}

/** Adds the current trace, if there is one, to the workflows that this client starts. */
export const traceStarts: WorkflowClientInterceptor = {
  startWithDetails: (input, next) => {
    const { workflowType, options } = input;
    const attributes = {
      'temporal.workflow_type': workflowType,
      'temporal.workflow_id': options.workflowId,
      'temporal.task_queue': options.taskQueue,
    };
    return inSpan(`StartWorkflow ${workflowType}`, { kind: SpanKind.CLIENT, attributes }, () => {
      const traceparent = currentTraceparent();
      if (traceparent === null) return next(input);
      const header = { [TRACE_HEADER]: defaultPayloadConverter.toPayload(traceparent) };
      return next({ ...input, headers: { ...input.headers, ...header } });
    });
  },
};
