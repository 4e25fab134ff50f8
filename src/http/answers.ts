import type { Request, RequestHandler, Response } from 'express';
import { entityTag } from './conditional';
import type { StoredAnswer } from './idempotency';
import type { Reply, Route } from './route';
import { REVALIDATE } from './security-headers';
import type { ResponseSerializer } from './serializer';
import { callOf } from './validate';

/** Turns the replies of handlers into HTTP answers. */
export class Answers {
  constructor(private readonly serializer: ResponseSerializer) {}

  /** The last handler of a route's chain: calls the route's handler and sends its reply. */
  respond(route: Route): RequestHandler {
    const { stream, file, formats } = route.success;
    const mayAnswer = stream === true || file === true || formats !== undefined;
    return async (req: Request, res: Response) => {
      const reply = await route.handler(callOf(req, res) as never);
      if (reply.handled !== true) return this.sendReply(res, route, reply);
      if (!mayAnswer)
        throw new Error('a route that answers by itself must declare `stream`, `file` or `formats`');
    };
  }

  render(route: Route, reply: Reply): StoredAnswer {
    const status = reply.status ?? route.success.status;
    // A 204, or a 202 that promises something that nobody can look up.
    const isEmpty = status === 204 || (status === 202 && route.success.data === undefined);
    const body = isEmpty ? '' : this.serializer.write(route, reply.data, reply.pagination, reply.totals);
    const headers: Record<string, string> = {};
    if (!isEmpty) headers.ETag = entityTag(body, reply.revision);
    if (reply.location !== undefined) headers.Location = reply.location;
    return { status, headers, body };
  }

  private sendReply(res: Response, route: Route, reply: Reply): void {
    if (route.impersonal === true) res.set('Cache-Control', REVALIDATE);
    for (const name in reply.headers) res.set(name, reply.headers[name] as string | string[]);
    send(res, this.render(route, reply));
  }
}

/** Sends JSON text. Express answers 304 if the client has this ETag. */
export function send(res: Response, { status, headers, body }: StoredAnswer): void {
  res.status(status).set(headers);
  if (body === '') res.end();
  else res.set('Content-Type', 'application/json; charset=utf-8').send(body);
}
