import type { AuditSealService } from '../../src/features/audit';
import { isDatabaseUnavailable } from '../../src/platform/db/errors';
import type { Logger } from '../../src/platform/logging/logger';
import { type ActivityRun, runActivity } from '../shared/activity';

/** Some hundred kilobytes, hashed and written in about 50 ms. */
const BATCH = 1_000;
/** Two million events a round, which ends well within the activity's time limit. */
const MAX_BATCHES = 2_000;

export interface SealedCounts {
  events: number;
  chains: number;
  /** Chains that could not be sealed, because somebody has changed them. */
  failed: number;
}

export interface SealAuditDeps {
  seal: AuditSealService;
  logger: Logger;
}

const isCounts = (details: unknown): details is SealedCounts =>
  typeof details === 'object' && details !== null && 'events' in details;

class ChainSealer {
  private readonly counts: SealedCounts;
  private batches = 0;

  constructor(
    private readonly deps: SealAuditDeps,
    private readonly run: ActivityRun,
    private readonly upTo: number,
  ) {
    // Chains that earlier attempts sealed stay sealed. Failed ones are tried, and so counted, again.
    this.counts = isCounts(run.lastHeartbeat)
      ? { ...run.lastHeartbeat, failed: 0 }
      : { events: 0, chains: 0, failed: 0 };
  }

  async sealAll(): Promise<SealedCounts> {
    for (const chainId of await this.deps.seal.chainsBehind(this.upTo)) {
      try {
        await this.sealChain(chainId);
      } catch (error) {
        // An outage affects all chains, and the next attempt continues. A single broken chain must not
        // block the others.
        if (this.run.signal.aborted || isDatabaseUnavailable(error)) throw error;
        this.counts.failed += 1;
        this.deps.logger.error('an audit chain cannot be sealed; run audit:verify to find the reason', {
          chainId,
          error,
        });
      }
      if (this.batches >= MAX_BATCHES) break;
    }
    return this.counts;
  }

  private async sealChain(chainId: string): Promise<void> {
    const before = this.counts.events;
    let sealed = BATCH;
    while (sealed === BATCH && this.batches < MAX_BATCHES) {
      this.run.signal.throwIfAborted();
      ({ sealed } = await this.deps.seal.sealNext(chainId, this.upTo, BATCH));
      this.batches += 1;
      this.counts.events += sealed;
      this.run.heartbeat(this.counts);
    }
    if (this.counts.events > before) this.counts.chains += 1;
  }
}

/** The activities of the job. Each is safe to repeat. */
export function createSealAuditActivities(deps: SealAuditDeps) {
  return {
    /** @returns the number up to which events can be sealed; null if a transaction stays open for too long */
    settleAudit: (): Promise<number | null> =>
      runActivity(deps.logger, async (run) => {
        const seq = await deps.seal.settledSeq(run.signal);
        if (seq === null)
          deps.logger.warn(
            'audit events wait to be sealed, because a transaction that writes audit events is open',
          );
        return seq;
      }),

    /** Safe to repeat: each batch begins after the last sealed event. */
    sealChains: (upTo: number): Promise<SealedCounts> =>
      runActivity(deps.logger, (run) => new ChainSealer(deps, run, upTo).sealAll()),
  };
}

export type SealAuditActivities = ReturnType<typeof createSealAuditActivities>;
