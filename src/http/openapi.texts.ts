/** What each part of the API is about, for the headings of the docs. */
export const TAGS: Readonly<Record<string, string>> = {
  auth: 'Signing in and out, the own account, its sign-ins and API tokens.',
  users: 'People, as those who manage them see them.',
  groups:
    'Districts, schools, departments: the tree that everything hangs on, its members, themes and settings.',
  classes: 'Classes, their members and what is assigned to them.',
  tools: 'AI tools and their versions.',
  assignments: 'A tool given to a class, with dates and rules.',
  submissions: 'The work of one student on one attempt, its grade and feedback.',
  sessions: 'Chats with a tool.',
  runs: 'Single runs of product tools.',
  notifications: 'What you are told: the list, and how you want to be told by mail and Web Push.',
  exports: 'Files of rosters, grades, work, usage and audit events, made in the background; reports as PDF.',
  admin: 'For administrators of a tenant or of the platform.',
};

/** What holds for every route. */
export function describeApi(): string {
  return `The backend with which schools give AI tools to their students, under their own control.

**Answers** are \`{ "data": … }\`, lists \`{ "data": […], "meta": { "pagination": … } }\`. Resources carry \`links\` (where
to go) and \`can\` (what you may do with it).

**Errors** are \`{ "error": { "code", "message", "details", "requestId" } }\`. Depend on \`code\` and \`details.reason\`, which
are stable, never on the message. What you cannot reach answers 404, as if it did not exist; what you can see but may not
do answers 403.

**Lists** take \`page\` and \`limit\`, or \`cursor\` and \`limit\`: begin with an empty cursor, go on with
\`meta.pagination.nextCursor\` until it is null. A leading \`-\` turns a \`sort\` round. Some lists
carry \`meta.totals\`: counts or sums beyond the page.

**Versions.** Answers carry an \`ETag\`. Send it as \`If-None-Match\` to be told 304 while nothing has changed, and as
\`If-Match\` with a change to be told 412 if somebody was faster.

**Texts** are stored in Unicode's NFC; names are trimmed, with one space between words. Search ignores accents and case.

**Once.** Creating requests take an \`Idempotency-Key\`: sent again with the same key, they happen once.

**Passwords.** Some routes ask for a password that was given within the last ten minutes: by signing in, or by
\`POST /auth/confirm\`. If somebody else chose your password, every route answers 403 with the reason
\`auth.password_change_required\` until you have changed it; \`GET /auth/me\`, \`POST /auth/password\` and signing out work.

**Limits.** \`RateLimit\` and \`RateLimit-Policy\` tell what is left; beyond it the answer is
429 with \`Retry-After\`, and its details name the limit and the seconds. Bodies have 16 KiB unless the route says more.`;
}
