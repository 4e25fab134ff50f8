import type { Request, RequestHandler, Response } from 'express';
import type { z } from 'zod';
import type { Principal, SubjectType } from '../authz/ability';
import type { Action } from '../authz/actions';
import { InvalidInputError } from '../shared/errors';
import type { Page, PageRequest, Pagination, SortOrder } from '../shared/pages';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** Which counter a request is charged to, besides the caller's general one. */
export type RateLimitClass = 'default' | 'messages' | 'login' | 'none';

/** Who may call a route at all. What they may do to the single object is the service's decision, by the same action. */
export type AccessRule =
  | { kind: 'public' }
  | { kind: 'signed_in'; action: Action; on?: SubjectType }
  | { kind: 'platform_admin'; action: Action };

export const everybody: AccessRule = { kind: 'public' };
/**
 * @param on the type of what the action is done to: who may do it to none is refused before the body is read, because a large
 *   body costs more than the answer.
 */
export const signedIn = (action: Action, on?: SubjectType): AccessRule => ({
  kind: 'signed_in',
  action,
  ...(on === undefined ? {} : { on }),
});
export const platformAdmin = (action: Action): AccessRule => ({ kind: 'platform_admin', action });

/** What a route answers when all goes well. */
export interface SuccessSpec {
  status: 200 | 201 | 202 | 204;
  description: string;
  /** The shape of `data`: of each item, where `list` is true. Absent where there is no body. */
  data?: z.ZodType;
  list?: boolean;
  /** The shape of `meta.totals`, for a list that says more of itself than its length. */
  totals?: z.ZodType;
  /** Media types beside JSON that the handler may answer with by itself. */
  formats?: readonly string[];
  /** The answer may also be a `text/event-stream`. */
  stream?: boolean;
  /** The answer is a file, or a part of it where the request asks for a range. */
  file?: boolean;
  /** Whether the answer carries an ETag made of the resource's revision. */
  revisioned?: boolean;
  /** What a 200 means on a route that creates: the same shape, for something that was there already. */
  existing?: string;
}

type Shape = z.ZodType<Record<string, unknown>>;

/** What a handler gets: everything parsed, nothing of Express (streams aside). */
export interface Call<P = unknown, Q = unknown, B = unknown> {
  params: P;
  query: Q;
  body: B;
  /** The caller. On a public route use `optionalPrincipal`. */
  principal: Principal;
  optionalPrincipal: Principal | null;
  /** Revisions that If-Match allows, or null where the client sent none (or `*`). */
  ifMatch: readonly number[] | null;
  idempotencyKey: string | null;
  client: { ip: string; userAgent: string | null };
  req: Request;
  res: Response;
}

export interface RouteSpec<P extends Shape, Q extends Shape, B extends z.ZodType> {
  method: Method;
  /** Below /api/v1, in Express's notation: `/groups/:id`. */
  path: string;
  summary: string;
  description?: string;
  access: AccessRule;
  rateLimit?: RateLimitClass;
  params?: P;
  query?: Q;
  body?: B;
  success: SuccessSpec;
  /** The finer reasons of the errors of its own (`group.cycle`), beside those every route has. */
  errors?: Readonly<Record<string, string>>;
  /**
   * A POST that creates: with an Idempotency-Key it happens once. 'transaction' stores the answer together with the
   * effect; 'service' leaves it to the service, where a model is called in between.
   */
  idempotency?: 'transaction' | 'service';
  /** Largest body in bytes, if a form of 16 KiB is not enough; 1 MiB at most. */
  bodyLimit?: number;
  /**
   * Asks for a proof of the password that is younger than ten minutes; a function, if only some bodies do. API tokens
   * can never give one.
   */
  recentPassword?: true | ((body: z.output<B>) => boolean);
  /** May be called by people who must change their password first. */
  beforePasswordChange?: true;
  /** Takes any body of any media type and does not read it. */
  anyBody?: boolean;
  /** Whether the answer holds nothing personal, so that a browser may keep it and ask whether it still holds. */
  impersonal?: boolean;
  /** Takes If-Match. */
  conditional?: boolean;
  /** Middlewares of its own, which stand between validation and handler: such as a strategy of Passport. */
  middlewares?: readonly RequestHandler[];
  /** An example of the body, shown in the docs and tried by a test against the schema. */
  example?: unknown;
  handler: (call: Call<z.output<P>, z.output<Q>, z.output<B>>) => Promise<Reply>;
}

/** A declared route, its types forgotten. */
export interface Route extends Omit<RouteSpec<Shape, Shape, z.ZodType>, 'handler' | 'recentPassword'> {
  recentPassword?: true | ((body: never) => boolean);
  handler: (call: Call<never, never, never>) => Promise<Reply>;
}

export interface Reply {
  status?: SuccessSpec['status'];
  data?: unknown;
  pagination?: Pagination;
  totals?: unknown;
  revision?: number;
  location?: string;
  headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Set when the handler has answered by itself (a stream). */
  handled?: boolean;
}

/**
 * Declares a route: the one place that says what it is. Validation, authorization, rate limit, serialization,
 * OpenAPI and the permission matrix all read this.
 */
export function defineRoute<P extends Shape, Q extends Shape, B extends z.ZodType>(
  spec: RouteSpec<P, Q, B>,
): Route {
  return spec;
}

export const reply = {
  /** 200 with a resource; the revision becomes its ETag. */
  ok: (data: unknown, revision?: number): Reply => ({
    status: 200,
    data,
    ...(revision === undefined ? {} : { revision }),
  }),
  created: (location: string, data: unknown, revision?: number): Reply => ({
    status: 201,
    location,
    data,
    ...(revision === undefined ? {} : { revision }),
  }),
  accepted: (location: string, data: unknown): Reply => ({ status: 202, location, data }),
  noContent: (headers?: Reply['headers']): Reply => ({
    status: 204,
    ...(headers === undefined ? {} : { headers }),
  }),
  page: <T>(page: Page<T>, totals?: unknown): Reply => ({
    status: 200,
    data: page.items,
    pagination: page.pagination,
    ...(totals === undefined ? {} : { totals }),
  }),
  handled: (): Reply => ({ handled: true }),
};

/** The page that a list query asks for. @throws InvalidInputError where it asks for both kinds. */
export function pageOf(query: {
  page?: number | undefined;
  cursor?: string | undefined;
  limit: number;
}): PageRequest {
  if (query.cursor !== undefined && query.page !== undefined) {
    throw new InvalidInputError('Send either page or cursor, not both.', {
      issues: [
        { path: 'query.cursor', reason: 'conflicting', message: 'send either page or cursor, not both' },
      ],
    });
  }
  if (query.cursor !== undefined)
    return { kind: 'cursor', cursor: query.cursor === '' ? null : query.cursor, limit: query.limit };
  return { kind: 'page', page: query.page ?? 1, limit: query.limit };
}

/** The order that a list query asks for: `-name` is `name`, descending. */
export function sortOf(sort: string): SortOrder {
  return { name: sort.replace(/^-/, ''), descending: sort.startsWith('-') };
}
