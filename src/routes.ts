import type { Container } from './container';
import type { Route } from './http/route';

/** Every route below /api/v1, feature by feature. */
export function routesOf(container: Container): readonly Route[] {
  return [
    ...container.auth.routes, //         /auth
    ...container.users.routes, //        /users, /admin/users, /auth/me
    ...container.groups.routes, //       /groups
    ...container.classes.routes, //      /classes, /groups/:id/classes
    ...container.ai.routes, //           /admin/ai-models
    ...container.usage.routes, //        /admin/ai-usage
    ...container.tools.routes, //        /tools
    ...container.assignments.routes, //  /assignments, /classes/:id/assignments
    ...container.submissions.routes, //  /submissions, /assignments/:id/submissions, /classes/:id/submissions
    ...container.runs.routes, //         /runs
    ...container.sessions.routes, //     /sessions
    ...container.exports.routes, //      /exports
    ...container.notifications.routes, //  /notifications
    ...container.auditTrail.routes, //   /admin/audit
    ...container.jobs.routes, //         /admin/jobs
  ];
}
