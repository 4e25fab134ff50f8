import { defaultPayloadConverter, type Headers } from '@temporalio/common';
import {
  ContinueAsNew,
  proxySinks,
  type Sinks,
  type WorkflowInboundCallsInterceptor,
  type WorkflowInterceptors,
  type WorkflowOutboundCallsInterceptor,
  workflowInfo,
} from '@temporalio/workflow';

/** How a workflow tells the worker that it has ended; told once, not at a replay. */
export interface TraceSinks extends Sinks {
  trace: {
    /** @param parent and @param self as `traceparent` of W3C. */
    ended(end: { parent: string; self: string; startedAt: number; endedAt: number; failed: boolean }): void;
  };
}

const HEADER = 'traceparent';
const TRACEPARENT = /^00-([0-9a-f]{32})-[0-9a-f]{16}-(0[01])$/;
const { trace } = proxySinks<TraceSinks>();

/**
 * Hands the trace on from the start of a workflow to its activities and children. A workflow that was started without
 * one is as it would be without this. Nothing here depends on the worker, so that a history replays the same whether
 * traces are recorded or not: the workflow's own span is named after its run id, and random numbers stay the workflow's.
 */
class TraceInterceptor implements WorkflowInboundCallsInterceptor, WorkflowOutboundCallsInterceptor {
  private self: string | null = null;

  execute: WorkflowInboundCallsInterceptor['execute'] = async (input, next) => {
    const parent = this.read(input.headers);
    if (parent === null || this.self === null) return next(input);
    const { self } = this;
    const startedAt = workflowInfo().runStartTime.getTime();
    const end = (failed: boolean): void =>
      trace.ended({ parent, self, startedAt, endedAt: Date.now(), failed });
    try {
      const result = await next(input);
      end(false);
      return result;
    } catch (error) {
      end(!(error instanceof ContinueAsNew));
      throw error;
    }
  };

  scheduleActivity: WorkflowOutboundCallsInterceptor['scheduleActivity'] = (input, next) =>
    next({ ...input, headers: this.passOn(input.headers) });

  scheduleLocalActivity: WorkflowOutboundCallsInterceptor['scheduleLocalActivity'] = (input, next) =>
    next({ ...input, headers: this.passOn(input.headers) });

  startChildWorkflowExecution: WorkflowOutboundCallsInterceptor['startChildWorkflowExecution'] = (
    input,
    next,
  ) => next({ ...input, headers: this.passOn(input.headers) });

  continueAsNew: WorkflowOutboundCallsInterceptor['continueAsNew'] = (input, next) =>
    next({ ...input, headers: this.passOn(input.headers) });

  private read(headers: Headers): string | null {
    const payload = headers[HEADER];
    const parent: unknown = payload === undefined ? null : defaultPayloadConverter.fromPayload(payload);
    const [, traceId, flags] = typeof parent === 'string' ? (TRACEPARENT.exec(parent) ?? []) : [];
    if (traceId === undefined) return null;
    // The end of a run id is random, and known to everybody who replays it.
    this.self = `00-${traceId}-${workflowInfo().runId.replaceAll('-', '').slice(-16)}-${flags}`;
    return parent as string;
  }

  private passOn(headers: Headers): Headers {
    return this.self === null
      ? headers
      : { ...headers, [HEADER]: defaultPayloadConverter.toPayload(this.self) };
  }
}

/** What the bundler looks for by this name. */
export const interceptors = (): WorkflowInterceptors => {
  const one = new TraceInterceptor();
  return { inbound: [one], outbound: [one] };
};
