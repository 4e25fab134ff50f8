import type { WorkflowContract } from '../../src/platform/temporal/contract';

export interface SealAuditResult {
  /** Events that got their place in a chain. */
  events: number;
  /** Chains that grew. */
  chains: number;
  /** Whether nothing was sealed because a transaction was open for too long. */
  heldUp: boolean;
}

export type SealAuditProgress = 'settling' | 'sealing' | 'ended';
export const SEAL_AUDIT_PROGRESS_QUERY = 'progress';

export const sealAuditContract: WorkflowContract<null> = {
  name: 'sealAudit',
  taskQueue: 'default',
  workflowId: () => 'seal-audit',
  summary: () => 'Adds new audit events to the hash chain of their tenant',
};
