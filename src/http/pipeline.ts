import { performance } from 'node:perf_hooks';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import { assertInScope, type Principal } from '../authz/ability';
import { runInContext, type WorkContext } from '../platform/context';
import type { Logger } from '../platform/logging/logger';
import {
  AppError,
  ClientGoneError,
  ForbiddenError,
  InvalidInputError,
  RateLimitedError,
  UnauthenticatedError,
} from '../shared/errors';
import { inServerSpan } from '../telemetry/trace';
import { API_BASE } from './base';
import { DEFAULT_BODY_BYTES, readJsonBody } from './body';
import { entityTag, isNotModified, parseIfMatch } from './conditional';
import { errorBody, METHOD_NOT_ALLOWED, toAppError } from './error-response';
import { Exchange, type HeaderPairs } from './exchange';
import { REVALIDATE } from './headers';
import { type IdempotencyStore, parseIdempotencyKey, requestHash, type StoredAnswer } from './idempotency';
import { RefusalLog } from './refusal-log';
import { Replays } from './replays';
import { refusedRequests, requestDuration } from './request-metrics';
import type { AccessRule, Call, RateLimitClass, Reply, Route } from './route';
import { RouteTable } from './route-table';
import type { ResponseSerializer } from './serializer';
import { parse } from './validation';

/** What the pipeline needs from the rest of the system. */
export interface PipelineDeps {
  logger: Logger;
  serializer: ResponseSerializer;
  idempotency: IdempotencyStore;
  /** The caller by the credential of the request, or null where it carries none. @throws UnauthenticatedError for a bad one. */
  authenticate(req: Request, access: AccessRule): Promise<Principal | null>;
  /** Lets pass whose sign-in has given its password within the last minutes. @throws ForbiddenError */
  requireRecentPassword(principal: Principal): Promise<void>;
  /**
   * Charges the request to its limits.
   * @returns the RateLimit header fields. @throws RateLimitedError, with the same fields, when a limit is used up.
   */
  limit(
    kind: RateLimitClass,
    req: Request,
    res: Response,
    principal: Principal | null,
  ): Promise<Readonly<HeaderPairs>>;
}

const CLIENT_CLOSED_REQUEST = 499;
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);
const MALFORMED_PATH = {
  issues: [{ path: 'path', reason: 'malformed', message: 'is not well-formed percent-encoded UTF-8' }],
};
const NO_FIELDS = z.strictObject({});
/** Stands for every address that no route has, as there are as many of those as people can think of. */
const UNMATCHED = 'unmatched';
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

function methodOf({ req }: Exchange): string {
  return METHODS.has(req.method) ? req.method : 'OTHER';
}

function assertMayCall(route: Route, principal: Principal | null): void {
  const { access } = route;
  if (access.kind === 'public') return;
  if (principal === null) throw new UnauthenticatedError();
  if (principal.mustChangePassword && route.beforePasswordChange !== true) throw mustChangePassword();
  if (access.kind === 'platform_admin' && !principal.isPlatformAdmin) throw new ForbiddenError();
  assertInScope(principal, access.action);
}

const mustChangePassword = () =>
  new ForbiddenError(
    'auth.password_change_required',
    'Change your password first: POST /auth/password. Until then nothing else is possible.',
  );

function asksForPassword({ recentPassword }: Route, body: unknown): boolean {
  return typeof recentPassword === 'function' ? recentPassword(body as never) : recentPassword === true;
}

function describeCaller(context: WorkContext, principal: Principal): void {
  context.userId = principal.userId;
  if (principal.tenantId !== null) context.tenantId = principal.tenantId;
  context.actorKind = principal.credential === 'api_token' ? 'api_token' : 'user';
}

/** What Express itself refuses, such as broken percent-encoding, is the client's doing. */
function fromExpress(error: unknown): AppError {
  const { status } = error as { status?: number };
  const isRefusal = error instanceof URIError || (status !== undefined && status >= 400 && status < 500);
  return isRefusal
    ? new InvalidInputError('The address of the request is not valid.', MALFORMED_PATH)
    : toAppError(error);
}

/** Takes each request the same way from its route to its answer, in one readable order. */
export class Pipeline {
  private readonly refusals: RefusalLog;
  private replays: Replays | null = null;

  constructor(private readonly deps: PipelineDeps) {
    this.refusals = new RefusalLog(deps.logger);
  }

  /** Serves these routes; a path of theirs with another method is 405, an unknown path goes on to the next handler. */
  router(routes: readonly Route[]): RequestHandler {
    const table = new RouteTable(routes);
    this.replays = new Replays(table, this.deps.idempotency, API_BASE);
    return (req, res, next) => {
      const found = table.find(req.path);
      if (found === null) return next();
      const exchange = new Exchange(req, res);
      const route = found.routes.byMethod.get(req.method === 'HEAD' ? 'GET' : req.method);
      if (route === undefined) return this.otherMethod(exchange, found.routes.allow);
      req.params = found.params;
      const context: WorkContext = { requestId: exchange.requestId, ip: req.ip ?? '' };
      return runInContext(context, () =>
        inServerSpan(req.method, route.path, req.headers.traceparent, async () => {
          await this.handle(route, exchange, context);
          return res.statusCode;
        }),
      );
    };
  }

  /** The answer to a path that no route has. */
  readonly notFound = async (req: Request, res: Response): Promise<void> => {
    const exchange = new Exchange(req, res);
    if (!(await this.isWithinLimit(exchange))) return;
    exchange.sendError(new AppError('not_found', 'There is no such route.', { reason: 'route.not_found' }));
    this.refusedUnmatched(exchange, 'route_not_found');
  };

  /** The answer to a request that failed before it reached its route. */
  readonly failed = async (
    error: unknown,
    req: Request,
    res: Response,
    _next: NextFunction,
  ): Promise<void> => {
    const exchange = new Exchange(req, res);
    const known = fromExpress(error);
    if (known.kind !== 'internal' && !(await this.isWithinLimit(exchange))) return;
    if (known.kind === 'internal')
      this.deps.logger.error('request failed', { requestId: exchange.requestId, error });
    exchange.sendError(known);
    this.refusedUnmatched(exchange, known.kind);
  };

  private async otherMethod(exchange: Exchange, allow: string): Promise<void> {
    exchange.set('Allow', allow);
    if (exchange.req.method === 'OPTIONS') {
      exchange.send(204, '');
      return;
    }
    if (!(await this.isWithinLimit(exchange))) return;
    const { status, code } = METHOD_NOT_ALLOWED;
    exchange.send(
      status,
      JSON.stringify(
        errorBody(code, `This path takes ${allow}.`, { reason: 'route.method' }, exchange.requestId),
      ),
    );
    this.refusedUnmatched(exchange, 'method_not_allowed');
  }

  /**
   * Charges a request that no route has had to its address, because nobody has been asked who is calling. If the limit is
   * used up, that is the answer.
   */
  private async isWithinLimit(exchange: Exchange): Promise<boolean> {
    try {
      exchange.add(await this.deps.limit('default', exchange.req, exchange.res, null));
      return true;
    } catch (error) {
      const known = toAppError(error);
      if (known instanceof RateLimitedError) this.refusals.note(known.limit, UNMATCHED);
      exchange.sendError(known);
      this.refusedUnmatched(exchange, known.kind);
      return false;
    }
  }

  /** A request that no route has had. */
  private refusedUnmatched(exchange: Exchange, reason: string): void {
    refusedRequests.add(1, { reason });
    this.told(exchange, UNMATCHED, { requestId: exchange.requestId });
  }

  /** Every request ends here: one line of the log, one measure. */
  private told(exchange: Exchange, route: string, context: WorkContext): void {
    const method = methodOf(exchange);
    const { statusCode } = exchange.res;
    const durationMs = performance.now() - exchange.startedAt;
    // Whose address it was is the proxy's to know: here it would be a person's.
    const { ip: _ip, ...ids } = context;
    this.deps.logger.info('request', {
      method,
      route,
      status: statusCode,
      durationMs: Math.round(durationMs * 10) / 10,
      ...ids,
    });
    const status = `${Math.floor(statusCode / 100)}xx`;
    requestDuration.record(durationMs, { method, route, status });
  }

  private async handle(route: Route, exchange: Exchange, context: WorkContext): Promise<void> {
    try {
      await this.serve(route, exchange, context);
    } catch (error) {
      this.fail(route, exchange, error);
    }
    this.told(exchange, route.path, context);
  }

  private async serve(route: Route, exchange: Exchange, context: WorkContext): Promise<void> {
    const { req } = exchange;
    const principal = await this.identify(route, exchange);
    if (principal !== null) describeCaller(context, principal);
    assertMayCall(route, principal);
    const body =
      SAFE.has(req.method) || route.anyBody === true
        ? undefined
        : parse(
            'body',
            route.body ?? NO_FIELDS,
            await readJsonBody(req, route.bodyLimit ?? DEFAULT_BODY_BYTES),
          );
    const call = this.callOf(route, exchange, principal, body);
    if (asksForPassword(route, body)) await this.deps.requireRecentPassword(call.principal);
    if (call.idempotencyKey !== null && route.idempotency === 'transaction' && principal !== null) {
      return this.serveOnce(route, call, exchange, call.idempotencyKey);
    }
    const { stream, file, formats } = route.success;
    const mayAnswer = stream === true || file === true || formats !== undefined;
    if (mayAnswer) exchange.handOver();
    const reply = await route.handler(call as never);
    if (reply.handled === true) {
      if (!mayAnswer)
        throw new Error('a route that answers by itself must declare `stream`, `file` or `formats`');
      return;
    }
    this.sendReply(route, exchange, reply);
  }

  /**
   * Who is calling, charged to their limit. A credential that is refused is charged to its address: trying many is
   * no cheaper than asking without any.
   */
  private async identify(route: Route, exchange: Exchange): Promise<Principal | null> {
    const { deps } = this;
    const { req, res } = exchange;
    const kind = route.rateLimit ?? 'default';
    let principal: Principal | null;
    try {
      principal = await deps.authenticate(req, route.access);
    } catch (error) {
      if (error instanceof UnauthenticatedError || error instanceof ForbiddenError)
        exchange.add(await deps.limit(kind, req, res, null));
      throw error;
    }
    exchange.add(await deps.limit(kind, req, res, principal));
    return principal;
  }

  private callOf(route: Route, { req, res }: Exchange, principal: Principal | null, body: unknown): Call {
    return {
      params: route.params === undefined ? {} : parse('params', route.params, req.params),
      query: parse('query', route.query ?? NO_FIELDS, req.query),
      body,
      req,
      res,
      principal: principal as Principal,
      caller: principal,
      ifMatch: route.conditional === true ? parseIfMatch(req.headers['if-match']) : null,
      idempotencyKey:
        route.idempotency === undefined ? null : parseIdempotencyKey(req.get('idempotency-key')),
      client: { ip: req.ip ?? '', userAgent: req.headers['user-agent']?.slice(0, 400) ?? null },
    };
  }

  private async serveOnce(route: Route, call: Call, exchange: Exchange, key: string): Promise<void> {
    const name = `${route.method} ${route.path}`;
    const { answer: first, replayed } = await this.deps.idempotency.once(
      call.principal.userId,
      key,
      name,
      requestHash(name, exchange.req.path, [call.body, call.query]),
      async () => this.render(route, await route.handler(call as never)),
    );
    const now = replayed ? await this.replays?.read(route, call, first) : null;
    const answer = now == null ? first : this.render(route, now);
    for (const [header, value] of Object.entries(answer.headers)) exchange.set(header, value);
    if (replayed) exchange.set('Idempotency-Replayed', 'true');
    exchange.send(answer.status, answer.body);
  }

  private render(route: Route, reply: Reply): StoredAnswer {
    const status = reply.status ?? route.success.status;
    const body =
      status === 204 ? '' : this.deps.serializer.write(route, reply.data, reply.pagination, reply.totals);
    const headers: Record<string, string> = {};
    if (status !== 204) headers.ETag = entityTag(body, reply.revision);
    if (reply.location !== undefined) headers.Location = reply.location;
    return { status, headers, body };
  }

  private sendReply(route: Route, exchange: Exchange, reply: Reply): void {
    const { status, headers, body } = this.render(route, reply);
    for (const name in headers) exchange.set(name, headers[name] as string);
    if (route.impersonal === true) exchange.set('Cache-Control', REVALIDATE);
    for (const name in reply.headers) exchange.set(name, reply.headers[name] as string | readonly string[]);
    const { req } = exchange;
    const isKnown =
      status === 200 &&
      SAFE.has(req.method) &&
      isNotModified(req.headers['if-none-match'], headers.ETag ?? '');
    exchange.send(isKnown ? 304 : status, isKnown ? '' : body);
  }

  private fail(route: Route, exchange: Exchange, error: unknown): void {
    const known = toAppError(error);
    const fields = { route: `${route.method} ${route.path}`, error };
    if (known instanceof ClientGoneError) {
      refusedRequests.add(1, { reason: 'client_gone' });
      this.deps.logger.info('the client hung up before its request had arrived', { route: fields.route });
      // As proxies log it; nobody is there to read an answer.
      exchange.res.statusCode = CLIENT_CLOSED_REQUEST;
      exchange.res.destroy();
      return;
    }
    refusedRequests.add(1, { reason: known.kind });
    if (known instanceof RateLimitedError) this.refusals.note(known.limit, fields.route);
    if (known.kind === 'internal') this.deps.logger.error('request failed', fields);
    else if (known.kind === 'unavailable') this.deps.logger.warn('a dependency is not available', fields);
    exchange.sendError(known);
  }
}
