import { performance } from 'node:perf_hooks';
import { type NextFunction, type Request, type Response, Router } from 'express';
import { z } from 'zod';
import type { Principal } from '../authz/ability';
import { ACTIONS } from '../authz/actions';
import { runInContext, type WorkContext } from '../platform/context';
import type { Logger } from '../platform/logging/logger';
import { AppError, ForbiddenError, InvalidInputError, UnauthenticatedError } from '../shared/errors';
import { newId } from '../shared/ids';
import { readJsonBody } from './body';
import { entityTag, isNotModified, parseIfMatch } from './conditional';
import { ERRORS, errorBody, METHOD_NOT_ALLOWED, toAppError } from './error-response';
import { type IdempotencyStore, parseIdempotencyKey, requestHash, type StoredAnswer } from './idempotency';
import type { AccessRule, Call, RateLimitClass, Reply, Route } from './route';
import type { ResponseSerializer } from './serializer';
import { parse } from './validation';

/** What the pipeline needs from the rest of the system. */
export interface PipelineDeps {
  logger: Logger;
  serializer: ResponseSerializer;
  idempotency: IdempotencyStore;
  /** The caller by the credential of the request, or null where it carries none. @throws UnauthenticatedError for a bad one. */
  authenticate(req: Request, access: AccessRule): Promise<Principal | null>;
  /** @throws RateLimitedError when the caller has used up a limit; sets the RateLimit header fields. */
  limit(kind: RateLimitClass, req: Request, res: Response, principal: Principal | null): Promise<void>;
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** The request id that a proxy or client chose, if it is harmless, else one of ours. */
function requestIdOf(req: Request): string {
  const given = req.headers['x-request-id'];
  return typeof given === 'string' && /^[\w.-]{8,128}$/.test(given) ? given : newId();
}

function assertMayCall(route: Route, principal: Principal | null): void {
  const { access } = route;
  if (access.kind === 'public') return;
  if (principal === null) throw new UnauthenticatedError();
  if (access.kind === 'platform_admin' && !principal.isPlatformAdmin) throw new ForbiddenError();
  const scope = ACTIONS[access.action];
  if (principal.scopes !== null && !principal.scopes.has(scope)) {
    throw new ForbiddenError('token.scope', `This token lacks the scope ${scope}.`, { scope });
  }
}

/** Turns declared routes into an Express router: the whole way of a request, in one readable order. */
export class Pipeline {
  constructor(private readonly deps: PipelineDeps) {}

  /** All routes, static paths before those with parameters, and a 405 with Allow for each path's other methods. */
  router(routes: readonly Route[]): Router {
    const router = Router({ caseSensitive: true });
    const paths = [...new Set(routes.map((route) => route.path))].sort(staticFirst);
    for (const path of paths) {
      const ofPath = routes.filter((route) => route.path === path);
      for (const route of ofPath) router[route.method](path, (req, res) => this.handle(route, req, res));
      const allowed = [...new Set([...ofPath.map((route) => route.method.toUpperCase()), ...(ofPath.some((route) => route.method === 'get') ? ['HEAD'] : []), 'OPTIONS'])];
      router.all(path, (req, res) => this.otherMethod(req, res, allowed.join(', ')));
    }
    return router;
  }

  /** The answer to a path that no route has. */
  readonly notFound = (req: Request, res: Response): void => {
    const requestId = begin(req, res);
    this.sendError(req, res, new AppError('not_found', 'There is no such route.', { reason: 'route.not_found' }), requestId);
  };

  /** The answer to what Express itself refuses, such as a path with broken percent-encoding. */
  readonly failed = (error: unknown, req: Request, res: Response, _next: NextFunction): void => {
    const requestId = begin(req, res);
    const { status } = error as { status?: number };
    const isBadRequest = status !== undefined && status >= 400 && status < 500;
    const known = isBadRequest ? new InvalidInputError('The address of the request is not valid.', MALFORMED_PATH) : toAppError(error);
    if (known.kind === 'internal') this.deps.logger.error('request failed before its route', { requestId, error });
    this.sendError(req, res, known, requestId);
  };

  private otherMethod(req: Request, res: Response, allow: string): void {
    const requestId = begin(req, res);
    res.setHeader('Allow', allow);
    if (req.method === 'OPTIONS') {
      res.writeHead(204).end();
      return;
    }
    const { status, code } = METHOD_NOT_ALLOWED;
    send(req, res, status, JSON.stringify(errorBody(code, `This path takes ${allow}.`, { reason: 'route.method' }, requestId)));
  }

  private async handle(route: Route, req: Request, res: Response): Promise<void> {
    const started = performance.now();
    const requestId = begin(req, res);
    const context: WorkContext = { requestId, ip: req.ip ?? '' };
    await runInContext(context, async () => {
      try {
        await this.serve(route, req, res, context);
      } catch (error) {
        this.fail(route, req, res, error, requestId);
      }
    });
    this.logRequest(route, req, res, started, context);
  }

  private async serve(route: Route, req: Request, res: Response, context: WorkContext): Promise<void> {
    const { deps } = this;
    const principal = await deps.authenticate(req, route.access);
    if (principal !== null) {
      context.userId = principal.userId;
      if (principal.tenantId !== null) context.tenantId = principal.tenantId;
      context.actorKind = principal.credential === 'api_token' ? 'api_token' : 'user';
    }
    await deps.limit(route.rateLimit ?? 'default', req, res, principal);
    assertMayCall(route, principal);
    const call = await this.parseCall(route, req, res, principal);
    if (call.idempotencyKey !== null && route.idempotency === 'transaction' && principal !== null) {
      return this.serveOnce(route, call as Call, principal, call.idempotencyKey);
    }
    const reply = await route.handler(call as never);
    if (reply.handled !== true) this.sendReply(route, req, res, reply);
  }

  private async parseCall(route: Route, req: Request, res: Response, principal: Principal | null): Promise<Call> {
    const params = route.params === undefined ? {} : parse('params', route.params, { ...req.params });
    const query = parse('query', route.query ?? NO_QUERY, req.query);
    const body = SAFE.has(req.method) ? undefined : parse('body', route.body ?? NO_BODY, await readJsonBody(req));
    return {
      params, query, body, req, res,
      principal: principal as Principal,
      caller: principal,
      ifMatch: route.conditional === true ? parseIfMatch(req.headers['if-match']) : null,
      idempotencyKey: route.idempotency === undefined ? null : parseIdempotencyKey(req.get('idempotency-key')),
      client: { ip: req.ip ?? '', userAgent: req.headers['user-agent']?.slice(0, 400) ?? null },
    };
  }

  private async serveOnce(route: Route, call: Call, principal: Principal, key: string): Promise<void> {
    const { req, res } = call;
    const name = `${route.method} ${route.path}`;
    const { answer, replayed } = await this.deps.idempotency.once(
      principal.userId,
      key,
      name,
      requestHash(name, req.path, [call.body, call.query]),
      async () => this.render(route, await route.handler(call as never)),
    );
    for (const [header, value] of Object.entries(answer.headers)) res.setHeader(header, value);
    if (replayed) res.setHeader('Idempotency-Replayed', 'true');
    send(req, res, answer.status, answer.body);
  }

  private render(route: Route, reply: Reply): StoredAnswer {
    const status = reply.status ?? route.success.status;
    const body = status === 204 ? '' : this.deps.serializer.write(route, reply.data, reply.pagination);
    const headers: Record<string, string> = {};
    if (status !== 204) headers['ETag'] = entityTag(body, reply.revision);
    if (reply.location !== undefined) headers['Location'] = reply.location;
    return { status, headers, body };
  }

  private sendReply(route: Route, req: Request, res: Response, reply: Reply): void {
    const { status, headers, body } = this.render(route, reply);
    for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
    for (const [name, value] of Object.entries(reply.headers ?? {})) res.setHeader(name, value as string | string[]);
    if (status === 200 && SAFE.has(req.method) && isNotModified(req.headers['if-none-match'], headers['ETag'] ?? '')) {
      res.writeHead(304).end();
      return;
    }
    send(req, res, status, body);
  }

  private fail(route: Route, req: Request, res: Response, error: unknown, requestId: string): void {
    const known = toAppError(error);
    if (known.kind === 'internal') this.deps.logger.error('request failed', { route: `${route.method} ${route.path}`, error });
    else if (known.kind === 'unavailable') this.deps.logger.warn('a dependency is not available', { route: `${route.method} ${route.path}`, error });
    this.sendError(req, res, known, requestId);
  }

  private sendError(req: Request, res: Response, error: AppError, requestId: string): void {
    if (res.headersSent) {
      res.destroy();
      return;
    }
    const { status, code } = ERRORS[error.kind];
    if (error.retryAfterSeconds !== undefined) res.setHeader('Retry-After', String(Math.max(1, Math.ceil(error.retryAfterSeconds))));
    if (status === 401) res.setHeader('WWW-Authenticate', 'Bearer');
    send(req, res, status, JSON.stringify(errorBody(code, error.message, error.details, requestId)));
  }

  private logRequest(route: Route, req: Request, res: Response, started: number, context: WorkContext): void {
    this.deps.logger.info('request', {
      method: req.method,
      route: route.path,
      status: res.statusCode,
      durationMs: Math.round((performance.now() - started) * 10) / 10,
      ...context,
    });
  }
}

const MALFORMED_PATH = { issues: [{ path: 'path', reason: 'malformed', message: 'is not well-formed percent-encoded UTF-8' }] };
const NO_QUERY = z.strictObject({});
const NO_BODY = z.strictObject({});

function begin(req: Request, res: Response): string {
  const requestId = requestIdOf(req);
  res.setHeader('X-Request-Id', requestId);
  return requestId;
}

function send(req: Request, res: Response, status: number, body: string): void {
  if (status === 204 || body === '') {
    res.writeHead(status).end();
    return;
  }
  // As a string, so that Node writes head and body in one piece: two pieces cost a second of everything.
  res.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': Buffer.byteLength(body) });
  res.end(req.method === 'HEAD' ? undefined : body);
}

/** `/users/me` must be asked before `/users/:id`. */
function staticFirst(one: string, other: string): number {
  const key = (path: string) => path.split('/').map((part) => (part.startsWith(':') ? '~' : part)).join('/');
  return key(one) < key(other) ? -1 : 1;
}
