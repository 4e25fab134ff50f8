import type { WorkflowContract } from '../../platform/temporal/contract';

export interface SendAccountMailInput {
  mailId: string;
}

/** How far a mail is: what the workflow's `progress` query answers, and its result. */
export interface AccountMailProgress {
  state: 'sending' | 'ended';
}

export const SEND_ACCOUNT_MAIL_PROGRESS_QUERY = 'progress';

/** Sends one mail about an account. Neither its secret nor its address is known to Temporal. */
export const sendAccountMailContract: WorkflowContract<SendAccountMailInput> = {
  name: 'sendAccountMail',
  taskQueue: 'default',
  workflowId: ({ mailId }) => `account-mail/${mailId}`,
  summary: () => 'Sends a mail about an account',
};
