import type { MailDeliveryService } from '../../src/features/mails';
import type { Logger } from '../../src/platform/logging/logger';
import { runActivity } from '../shared/activity';

export interface SendAccountMailDeps {
  delivery: Pick<MailDeliveryService, 'deliver' | 'fail'>;
  logger: Logger;
}

/** The steps that send a mail about an account. */
export function createSendAccountMailActivities({ delivery, logger }: SendAccountMailDeps) {
  return {
    /** Safe to repeat: an ended mail does not change, and of two mails only the later one's link works. */
    deliverAccountMail: (mailId: string) =>
      runActivity(logger, ({ signal }) => delivery.deliver(mailId, signal)),

    /** Safe to repeat: an ended mail does not change. */
    failAccountMail: (mailId: string, code: string) => runActivity(logger, () => delivery.fail(mailId, code)),
  };
}

export type SendAccountMailActivities = ReturnType<typeof createSendAccountMailActivities>;
