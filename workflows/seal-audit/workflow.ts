import { ApplicationFailure, defineQuery, proxyActivities, setHandler } from '@temporalio/workflow';
import { SWEEP } from '../shared/retry-profiles';
import type { SealAuditActivities } from './activities';
import { SEAL_AUDIT_PROGRESS_QUERY, type SealAuditProgress, type SealAuditResult } from './contract';

const { settleAudit, sealChains } = proxyActivities<SealAuditActivities>(SWEEP);

export const sealAuditProgress = defineQuery<SealAuditProgress>(SEAL_AUDIT_PROGRESS_QUERY);

/**
 * Runs one round of sealing: finds the number up to which no event can be added any more, then seals chain
 * by chain.
 */
export async function sealAudit(): Promise<SealAuditResult> {
  let progress: SealAuditProgress = 'settling';
  setHandler(sealAuditProgress, () => progress);
  const upTo = await settleAudit();
  if (upTo === null) return { events: 0, chains: 0, heldUp: true };
  progress = 'sealing';
  const { events, chains, failed } = await sealChains(upTo);
  progress = 'ended';
  // Fails so that operators see it: a chain that cannot grow any more was changed by somebody.
  if (failed > 0) throw ApplicationFailure.nonRetryable('audit.chain_stuck', 'audit.chain_stuck');
  return { events, chains, heldUp: false };
}
