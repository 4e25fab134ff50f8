import { defaultPayloadConverter, type Headers, type Payload } from '@temporalio/common';
import {
  ContinueAsNew,
  proxySinks,
  type Sinks,
  type WorkflowInboundCallsInterceptor,
  type WorkflowInterceptors,
  type WorkflowOutboundCallsInterceptor,
  workflowInfo,
} from '@temporalio/workflow';

/** How a workflow reports its end to the worker: once, not at a replay. */
export interface TraceSinks extends Sinks {
  trace: {
    ended(end: { traceparent: string; startedAt: number; endedAt: number; failed: boolean }): void;
  };
}

const HEADER = 'traceparent';
const { trace } = proxySinks<TraceSinks>();

/**
 * Passes the trace on unchanged, from the start of a workflow to its activities and children; the worker
 * reads it. A workflow that was started without a trace is not affected. Nothing here depends on the
 * worker, so a history replays the same whether traces are recorded or not.
 */
class TraceInterceptor implements WorkflowInboundCallsInterceptor, WorkflowOutboundCallsInterceptor {
  private carried: Payload | undefined;

  execute: WorkflowInboundCallsInterceptor['execute'] = async (input, next) => {
    this.carried = input.headers[HEADER];
    if (this.carried === undefined) return next(input);
    const traceparent: string = defaultPayloadConverter.fromPayload(this.carried);
    const startedAt = workflowInfo().runStartTime.getTime();
    const end = (failed: boolean): void =>
      trace.ended({ traceparent, startedAt, endedAt: Date.now(), failed });
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

  private passOn(headers: Headers): Headers {
    return this.carried === undefined ? headers : { ...headers, [HEADER]: this.carried };
  }
}

/** The bundler looks for this name. */
export const interceptors = (): WorkflowInterceptors => {
  const one = new TraceInterceptor();
  return { inbound: [one], outbound: [one] };
};
