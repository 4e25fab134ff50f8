import { loadConfig } from '../config/config';
import { type Container, createContainer } from '../container';
import type { Route } from '../http/route';
import { routesOf } from '../routes';
import { testEnv } from './app';

/** A container that is never started: it serves to read declarations, without any server. */
export function idleContainer(): Container {
  return createContainer({
    config: loadConfig(testEnv('postgresql://nobody@127.0.0.1:1/none')),
    process: 'api',
  });
}

/** Every route below /api/v1, as declared. */
export function declaredRoutes(): readonly Route[] {
  return routesOf(idleContainer());
}

/** `GET /groups/:id` */
export function nameOf(route: Pick<Route, 'method' | 'path'>): string {
  return `${route.method.toUpperCase()} ${route.path}`;
}
