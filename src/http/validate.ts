import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import type { Principal } from '../authz/ability';
import { parse } from '../shared/validation';
import { parseIfMatch } from './conditional';
import { parseIdempotencyKey } from './idempotency';
import { takesBody } from './json-body';
import type { Call, Route } from './route';

const NO_FIELDS = z.strictObject({});

/** Parses body, parameters and query with their schemas, and replaces them with the results. */
export function validate(route: Route): RequestHandler {
  const readsBody = takesBody(route);
  return (req, res, next) => {
    if (readsBody) req.body = parse('body', route.body ?? NO_FIELDS, req.body);
    res.locals.params = route.params === undefined ? {} : parse('params', route.params, req.params);
    // Express 5 computes `req.query` at each access, so it cannot be replaced.
    res.locals.query = parse('query', route.query ?? NO_FIELDS, req.query);
    next();
  };
}

/** Reads the headers on which a change depends: If-Match and Idempotency-Key, if the route accepts them. */
export function conditional(route: Route): RequestHandler {
  return (req, res, next) => {
    if (route.conditional === true) res.locals.ifMatch = parseIfMatch(req.headers['if-match']);
    if (route.idempotency !== undefined)
      res.locals.idempotencyKey = parseIdempotencyKey(req.get('idempotency-key'));
    next();
  };
}

/** The arguments of a route's handler. */
export function callOf(req: Request, res: Response): Call {
  const { params, query, ifMatch = null, idempotencyKey = null } = res.locals;
  return {
    params,
    query,
    body: req.body,
    ifMatch,
    idempotencyKey,
    req,
    res,
    principal: req.user as Principal,
    optionalPrincipal: req.user ?? null,
    client: { ip: req.ip ?? '', userAgent: req.headers['user-agent']?.slice(0, 400) ?? null },
  };
}
