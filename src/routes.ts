import type { Container } from './container';
import type { Feature } from './http/feature-routers';
import type { Route } from './http/route';

/** Every feature's routes below /api/v1, and the prefixes at which they are mounted. */
export function featuresOf(container: Container): readonly Feature[] {
  return [
    { prefixes: ['/auth'], routes: container.auth.routes },
    {
      prefixes: ['/users', '/admin/users', '/auth/me'],
      routes: [...container.users.routes, ...container.accounts.routes],
    },
    { prefixes: ['/groups'], routes: container.groups.routes },
    {
      prefixes: ['/classes', '/groups'],
      routes: [...container.classes.routes, ...container.accounts.classRoutes],
    },
    {
      prefixes: ['/invitations', '/groups', '/classes', '/auth/invitations'],
      routes: container.invitations.routes,
    },
    { prefixes: ['/admin/ai-models'], routes: container.ai.routes },
    { prefixes: ['/admin/ai-usage'], routes: container.usage.routes },
    { prefixes: ['/tools'], routes: container.tools.routes },
    { prefixes: ['/assignments', '/classes'], routes: container.assignments.routes },
    { prefixes: ['/submissions', '/assignments', '/classes'], routes: container.submissions.routes },
    { prefixes: ['/runs'], routes: container.runs.routes },
    { prefixes: ['/sessions'], routes: container.sessions.routes },
    { prefixes: ['/exports'], routes: container.exports.routes },
    { prefixes: ['/notifications'], routes: container.notifications.routes },
    { prefixes: ['/admin/audit'], routes: container.auditTrail.routes },
    { prefixes: ['/admin/jobs'], routes: container.jobs.routes },
  ];
}

/** Every route below /api/v1. */
export function routesOf(container: Container): readonly Route[] {
  return featuresOf(container).flatMap(({ routes }) => routes);
}
