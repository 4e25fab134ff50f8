import { sendAccountMailContract } from '../../src/features/mails/mails.contract';
import type { StubbedJob } from './stubbed-job';

export const stubbedSendAccountMail: StubbedJob = {
  job: 'send-account-mail',
  contract: sendAccountMailContract,
  activityQueue: 'deliveries',
  input: { mailId: '0197a000-0000-7000-8000-0000000000a1' },
  activities: {
    deliverAccountMail: () => Promise.resolve(),
    failAccountMail: () => Promise.resolve(),
  },
};
