import type { WorkflowContract } from '../../platform/temporal/contract';

export interface SendAccountMailInput {
  mailId: string;
}

/** The progress of a mail: the answer of the workflow's `progress` query, and its result. */
export interface AccountMailProgress {
  state: 'sending' | 'ended';
}

export const SEND_ACCOUNT_MAIL_PROGRESS_QUERY = 'progress';

/**
 * The contract of the workflow that sends one mail about an account. Temporal gets neither its secret nor
 * its address.
 */
export const sendAccountMailContract: WorkflowContract<SendAccountMailInput> = {
  name: 'sendAccountMail',
  taskQueue: 'default',
  workflowId: ({ mailId }) => `account-mail/${mailId}`,
  summary: () => 'Sends a mail about an account',
};
