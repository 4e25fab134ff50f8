import { integer } from './env.types';

/** How long what is kept is kept, and how early people are reminded. */
export const RETENTION_ENV = {
  RETENTION_RUNS_DAYS: integer(1, 3_650)
    .default(365)
    .describe(
      'How long product runs outside of any submission are kept: a school year. Those handed in stay with their submission.',
    ),
  RETENTION_TOKENS_DAYS: integer(0, 3_650)
    .default(30)
    .describe(
      'How long ended sign-ins and API tokens are kept: until somebody who was away has seen what was not them.',
    ),
  RETENTION_OUTBOX_DAYS: integer(7, 3_650)
    .default(30)
    .describe(
      'How long the record of a started job is kept. Longer than Temporal remembers its workflows, so that no job starts twice.',
    ),
  RETENTION_READ_NOTIFICATIONS_DAYS: integer(1, 3_650)
    .default(90)
    .describe('How long a notification that was read is kept: a term. Its mails and pushes go with it.'),
  RETENTION_NOTIFICATIONS_DAYS: integer(30, 3_650)
    .default(365)
    .describe('How long any notification is kept, read or not: a school year.'),
  RETENTION_EXPORTS_DAYS: integer(30, 3_650)
    .default(180)
    .describe(
      'How long the list tells of an export after its end. Its file is gone after seven days; the audit trail keeps who had it.',
    ),
  RETENTION_REMINDERS_DAYS: integer(1, 3_650)
    .default(30)
    .describe('How long after a due date it is known who was reminded of it.'),
  REMINDER_LEAD_HOURS: integer(1, 168)
    .default(24)
    .describe(
      'How long before the due date students are reminded: an evening lies in between. Groups can set their own.',
    ),
};
