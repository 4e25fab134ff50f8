import type { Request, RequestHandler, Response } from 'express';
import type { z } from 'zod';
import type { Principal, SubjectType } from '../authz/ability';
import type { Action } from '../authz/actions';
import { InvalidInputError } from '../shared/errors';
import type { ListOrder, ListQuery, Page, PageRequest, Pagination, SortOrder } from '../shared/pages';
import type { IfMatch } from '../shared/revisions';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** The counter to which a request is charged, besides the caller's general one. */
export type RateLimitClass = 'default' | 'messages' | 'login' | 'none';

/**
 * Who may call a route at all. The service decides by the same action what they may do to the single
 * object.
 */
export type AccessRule =
  | { kind: 'public' }
  | { kind: 'signed_in'; action: Action; on?: SubjectType }
  | { kind: 'platform_admin'; action: Action };

export const everybody: AccessRule = { kind: 'public' };
/**
 * @param on the type of the action's object: callers who may do it to no object of the type are refused
 * before the body is
 * read, because reading a large body costs more than answering.
 */
export const signedIn = (action: Action, on?: SubjectType): AccessRule => ({
  kind: 'signed_in',
  action,
  ...(on === undefined ? {} : { on }),
});
export const platformAdmin = (action: Action): AccessRule => ({ kind: 'platform_admin', action });

/** The answer of a route that succeeds. */
export interface SuccessSpec {
  status: 200 | 201 | 202 | 204;
  description: string;
  /** The shape of `data`, or of each item if `list` is true. Absent if there is no body. */
  data?: z.ZodType;
  list?: boolean;
  /** The shape of `meta.totals`, for a list that reports more than its length. */
  totals?: z.ZodType;
  /** Media types besides JSON that the handler may answer with itself. */
  formats?: readonly string[];
  /** The answer may also be a `text/event-stream`. */
  stream?: boolean;
  /** The answer is a file, or a part of it if the request asks for a range. */
  file?: boolean;
  /** Whether the answer carries an ETag made of the resource's revision. */
  revisioned?: boolean;
  /** What a 200 means on a route that creates: the same shape, for a resource that already existed. */
  existing?: string;
}

type Shape = z.ZodType<Record<string, unknown>>;

/** What a handler gets: everything parsed, and nothing of Express (except for streams). */
export interface Call<P = unknown, Q = unknown, B = unknown> {
  params: P;
  query: Q;
  body: B;
  /** The caller. On a public route use `optionalPrincipal`. */
  principal: Principal;
  optionalPrincipal: Principal | null;
  /** Revisions that If-Match allows, or null if the client sent none (or `*`). */
  ifMatch: IfMatch;
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
  /** The finer reasons of the route's own errors (`group.cycle`), besides those of every route. */
  errors?: Readonly<Record<string, string>>;
  /**
   * For a POST that creates: with an Idempotency-Key it happens once. 'transaction' stores the answer
   * together with the effect; 'service' leaves that to the service, if a model is called in between.
   */
  idempotency?: 'transaction' | 'service';
  /** The largest body in bytes, if a form of 16 KiB is not enough; 1 MiB at most. */
  bodyLimit?: number;
  /**
   * Requires a proof of the password from the last ten minutes; a function, if only some bodies need it.
   * API tokens can never give one.
   */
  recentPassword?: true | ((body: z.output<B>) => boolean);
  /** Allowed to people who must change their password first. */
  beforePasswordChange?: true;
  /** Accepts any body of any media type and does not read it. */
  anyBody?: boolean;
  /** Whether the answer holds nothing personal, so that a browser may keep it and revalidate it. */
  impersonal?: boolean;
  /** Takes If-Match. */
  conditional?: boolean;
  /** The route's own middlewares, which run between validation and handler, such as a Passport strategy. */
  middlewares?: readonly RequestHandler[];
  /** An example of the body, shown in the docs. A test checks it against the schema. */
  example?: unknown;
  handler: (call: Call<z.output<P>, z.output<Q>, z.output<B>>) => Promise<Reply>;
}

/** A declared route without its types. */
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
  /** Set if the handler has answered itself (a stream). */
  handled?: boolean;
}

/**
 * Declares a route in one place. Validation, authorization, rate limit, serialization, OpenAPI and the
 * permission matrix all read this declaration.
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
  /** 202 for work of which there is nothing to look at. */
  promised: (): Reply => ({ status: 202 }),
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

interface PageParams {
  page?: number | undefined;
  cursor?: string | undefined;
  limit: number;
}

/** The order and the page that the query of a list asks for. @throws InvalidInputError if it asks for a page and a cursor */
export const listOrderOf = (query: PageParams & { sort: string }): ListOrder => ({
  sort: sortOf(query.sort),
  page: pageOf(query),
});

/** What the query of a list asks for. @throws InvalidInputError if it asks for a page and a cursor */
export const listQueryOf = <Q extends PageParams & { sort: string }>(query: Q): ListQuery<Q> => ({
  filters: query,
  ...listOrderOf(query),
});

function pageOf(query: PageParams): PageRequest {
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

/** `-name` is `name`, descending. */
function sortOf(sort: string): SortOrder {
  return { name: sort.replace(/^-/, ''), descending: sort.startsWith('-') };
}
