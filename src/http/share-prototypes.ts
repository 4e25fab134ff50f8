import { IncomingMessage, ServerResponse } from 'node:http';
import type { Express } from 'express';

/**
 * Express changes the prototype of every request and response, and Node then discards its optimizations of
 * both classes. Objects that are created with those prototypes make the change a no-op; nothing else
 * differs.
 *
 * Measured on 28 November 2026, Node 20.20, two cores shared with other work (load 13): a small read
 * without a database takes 455 µs of CPU with it and 889 µs without.
 */
export function sharePrototypes(app: Express): {
  IncomingMessage: typeof IncomingMessage;
  ServerResponse: typeof ServerResponse;
} {
  class AppRequest extends IncomingMessage {}
  class AppResponse extends ServerResponse {}
  Object.setPrototypeOf(AppRequest.prototype, app.request);
  Object.setPrototypeOf(AppResponse.prototype, app.response);
  app.request = AppRequest.prototype as unknown as typeof app.request;
  app.response = AppResponse.prototype as unknown as typeof app.response;
  return { IncomingMessage: AppRequest, ServerResponse: AppResponse as unknown as typeof ServerResponse };
}
