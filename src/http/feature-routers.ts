import { type RequestHandler, Router } from 'express';
import type { Route } from './route';

/** The routes of one feature and the prefixes under which they are mounted. */
export interface Feature {
  prefixes: readonly string[];
  routes: readonly Route[];
}

export interface Handlers {
  /** What a request to this route passes, in order; the last handler answers. */
  chain(route: Route): RequestHandler[];
  /** Answers a method that the path does not support. */
  otherMethod(allow: string): RequestHandler[];
}

const OPTIONS = { caseSensitive: true };

/** `/users/:id` as `010`: 1 stands for a parameter. */
const shapeOf = (path: string): string =>
  path
    .split('/')
    .map((segment) => Number(segment.startsWith(':')))
    .join('');

/** Sorts paths so that words come before parameters, because Express takes the first path that matches. */
export function wordsFirst(one: string, other: string): number {
  return shapeOf(one).localeCompare(shapeOf(other));
}

function allowOf(methods: readonly string[]): string {
  return [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
}

/** The longest prefix of the feature with which the path begins. */
function prefixOf(path: string, { prefixes }: Feature): string {
  const [longest] = prefixes
    .filter((prefix) => path === prefix || path.startsWith(`${prefix}/`))
    .sort((one, other) => other.length - one.length);
  if (longest === undefined)
    throw new Error(`${path} has none of the prefixes of its feature in src/routes.ts`);
  return longest;
}

/** If the methods of a path were declared in two places, those of the second would be lost. */
function assertDeclaredOnce(features: readonly Feature[]): void {
  const owners = new Map<string, { feature: Feature; path: string; methods: Set<string> }>();
  for (const feature of features) {
    for (const { method, path } of feature.routes) {
      const shape = path.replace(/:\w+/g, ':');
      const owner = owners.get(shape) ?? { feature, path, methods: new Set() };
      owners.set(shape, owner);
      if (owner.methods.has(method)) throw new Error(`${method} ${path} is declared twice`);
      if (owner.feature !== feature || owner.path !== path)
        throw new Error(`${path} is declared by two features, or with two names for one parameter`);
      owner.methods.add(method);
    }
  }
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

/** Builds the router of these routes, which all begin with the prefix. */
function routerOf(prefix: string, routes: readonly Route[], handlers: Handlers): Router {
  const router = Router(OPTIONS);
  for (const [path, ofPath] of groupBy(routes, (route) => route.path)) {
    const at = router.route(path.slice(prefix.length));
    for (const route of ofPath) at[route.method](...handlers.chain(route));
    at.all(...handlers.otherMethod(allowOf(ofPath.map(({ method }) => method.toUpperCase()))));
  }
  return router;
}

/**
 * Builds one router for each feature and prefix.
 * @throws Error if a route is declared twice or fits no prefix of its feature
 */
export function featureRouters(features: readonly Feature[], handlers: Handlers): Router {
  assertDeclaredOnce(features);
  const api = Router(OPTIONS);
  for (const feature of features) {
    const sorted = feature.routes.toSorted((one, other) => wordsFirst(one.path, other.path));
    const byPrefix = groupBy(sorted, ({ path }) => prefixOf(path, feature));
    for (const [prefix, routes] of byPrefix) api.use(prefix || '/', routerOf(prefix, routes, handlers));
  }
  return api;
}
