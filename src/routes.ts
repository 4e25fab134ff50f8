import type { Container } from './container';
import type { Route } from './http/route';

/** Every route below /api/v1, feature by feature. */
export function routesOf(container: Container): readonly Route[] {
  return [
    ...container.auth.routes, //         /auth
  ];
}
