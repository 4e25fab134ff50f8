import { integer } from './env.types';

/** How long data is kept, and how early reminders are sent. */
export const RETENTION_ENV = {
  RETENTION_RUNS_DAYS: integer(1, 3_650)
    .default(365)
    .describe(
      'How long product runs without a submission are kept. The default is one school year. A run of a submission is kept as long as the submission.',
    ),
  RETENTION_TOKENS_DAYS: integer(0, 3_650)
    .default(30)
    .describe(
      'How long ended sign-ins and API tokens are kept, so that users can still find a sign-in that was not theirs.',
    ),
  RETENTION_OUTBOX_DAYS: integer(7, 3_650)
    .default(30)
    .describe(
      'How long the record of a started job is kept. It must be longer than Temporal keeps its workflows. Otherwise a job could start twice.',
    ),
  RETENTION_READ_NOTIFICATIONS_DAYS: integer(1, 3_650)
    .default(90)
    .describe(
      'How long a notification is kept after it was read. The default is one term. Its mails and push notifications are deleted with it.',
    ),
  RETENTION_NOTIFICATIONS_DAYS: integer(30, 3_650)
    .default(365)
    .describe('How long a notification is kept, read or unread. The default is one school year.'),
  RETENTION_EXPORTS_DAYS: integer(30, 3_650)
    .default(180)
    .describe(
      'How long an ended export stays in the list. Its file is deleted after seven days. The audit trail keeps who downloaded it.',
    ),
  RETENTION_REMINDERS_DAYS: integer(1, 3_650)
    .default(30)
    .describe('How long after a due date the record of its reminders is kept.'),
  REMINDER_LEAD_HOURS: integer(1, 168)
    .default(24)
    .describe(
      'How long before the due date students are reminded. With the default they have an evening left. A group can set another value.',
    ),
};
