/** The description of each part of the API, for the headings of the docs. */
export const TAGS: Readonly<Record<string, string>> = {
  auth: 'Sign in and out. Your account, your sign-ins and your API tokens.',
  users: 'User accounts, for the admins who manage them. Guardians of students.',
  groups: 'Districts, schools and departments as a tree, with their members, themes and settings.',
  classes: 'Classes, their members, assignments and submissions.',
  invitations: 'Invitations to groups and classes. An invited person becomes a member when they accept.',
  tools: 'AI tools and their versions.',
  assignments: 'A tool assigned to a class, with dates and rules.',
  submissions: 'The attempts of students, with grades and feedback.',
  sessions: 'Chat sessions with a tool.',
  runs: 'Runs of product tools.',
  notifications: 'Your notifications, and how you get them: in the app, by e-mail and by Web Push.',
  exports:
    'Files of rosters, grades, work, usage and audit events, created in the background. Reports as PDF.',
  admin: 'For admins of a tenant or of the platform.',
};

/** The rules that apply to every route. */
export function describeApi(): string {
  return `The backend with which schools give AI tools to their students, under their own control.

**Answers** are \`{ "data": … }\`, lists \`{ "data": […], "meta": { "pagination": … } }\`. Resources carry \`links\`
(addresses of related resources) and \`can\` (what you may do with the resource).

**Errors** are \`{ "error": { "code", "message", "details", "requestId" } }\`. Rely on \`code\` and \`details.reason\`, which
are stable, not on the message. If you may not see a resource, you get 404, the same as if it did not exist. If you can
see it but may not do something with it, you get 403.

**Lists** take \`page\` and \`limit\`, or \`cursor\` and \`limit\`. Start with an empty cursor and continue with
\`meta.pagination.nextCursor\` until it is null. A leading \`-\` reverses a \`sort\`. Some lists carry \`meta.totals\`: counts
or sums over all pages.

**Versions.** Answers carry an \`ETag\`. Send it as \`If-None-Match\` to get 304 if nothing has changed. Send it as
\`If-Match\` with a change to get 412 if another user changed the resource first.

**Texts** are stored in Unicode NFC. Names are trimmed, with one space between words. Search ignores accents and case.

**Idempotency.** Requests that create something take an \`Idempotency-Key\`. If you send a request again with the same key,
it has its effect only once.

**Passwords.** Some routes require that you gave your password within the last ten minutes, by signing in or with
\`POST /auth/confirm\`. If another user set your password, every route answers 403 with the reason
\`auth.password_change_required\` until you change it, except \`GET /auth/me\`, \`POST /auth/password\` and signing out.

**Limits.** \`RateLimit\` and \`RateLimit-Policy\` show what is left. If a limit is used up, you get 429 with
\`Retry-After\`, and the details name the limit and the seconds to wait. A body may have up to 16 KiB unless the route says
more.`;
}
