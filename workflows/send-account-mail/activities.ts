import type { MailDeliveryService } from '../../src/features/mails';
import type { Logger } from '../../src/platform/logging/logger';
import { runActivity } from '../shared/activity';

export interface SendAccountMailDeps {
  delivery: Pick<MailDeliveryService, 'deliver' | 'fail'>;
  logger: Logger;
}

/** Steps of sending a mail about an account. */
export function createSendAccountMailActivities({ delivery, logger }: SendAccountMailDeps) {
  return {
    /** Safe to repeat: what has ended stays, and of two mails the link of the later one works. */
    deliverAccountMail: (mailId: string) =>
      runActivity(logger, ({ signal }) => delivery.deliver(mailId, signal)),

    /** Safe to repeat: what has ended stays as it is. */
    failAccountMail: (mailId: string, code: string) => runActivity(logger, () => delivery.fail(mailId, code)),
  };
}

export type SendAccountMailActivities = ReturnType<typeof createSendAccountMailActivities>;
