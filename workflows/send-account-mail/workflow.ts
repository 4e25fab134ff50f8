import {
  ActivityCancellationType,
  CancellationScope,
  defineQuery,
  isCancellation,
  proxyActivities,
  setHandler,
} from '@temporalio/workflow';
import {
  type AccountMailProgress,
  SEND_ACCOUNT_MAIL_PROGRESS_QUERY,
  type SendAccountMailInput,
} from '../../src/features/mails/mails.contract';
import { failureCode } from '../shared/failure-code';
import { MUST_HAPPEN } from '../shared/retry-profiles';
import type { SendAccountMailActivities } from './activities';

const { failAccountMail } = proxyActivities<SendAccountMailActivities>(MUST_HAPPEN);

const { deliverAccountMail } = proxyActivities<SendAccountMailActivities>({
  taskQueue: 'deliveries',
  // A whole conversation with a slow mail server takes a minute at most.
  startToCloseTimeout: '2 minutes',
  heartbeatTimeout: '10 seconds',
  // After this, a person who still waits has requested another mail.
  scheduleToCloseTimeout: '6 hours',
  // A mail server that asks for a pause (greylisting) means minutes.
  retry: { initialInterval: '1 second', backoffCoefficient: 3, maximumInterval: '5 minutes' },
  // Only when the attempt has ended is it known whether the mail was sent.
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

export const accountMailProgress = defineQuery<AccountMailProgress>(SEND_ACCOUNT_MAIL_PROGRESS_QUERY);

/** Sends one mail about an account. Whatever happens, its row ends. */
export async function sendAccountMail({ mailId }: SendAccountMailInput): Promise<AccountMailProgress> {
  let progress: AccountMailProgress = { state: 'sending' };
  setHandler(accountMailProgress, () => progress);
  try {
    await deliverAccountMail(mailId);
  } catch (error) {
    const code = isCancellation(error) ? 'cancelled' : failureCode(error, 'mail');
    await CancellationScope.nonCancellable(() => failAccountMail(mailId, code));
    throw error;
  }
  progress = { state: 'ended' };
  return progress;
}
