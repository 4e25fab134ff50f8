import type { Database } from '../../../platform/db/database';
import type { NewAiCall } from '../ai.types';
import { abandonCallsOfRun, abandonOldCalls, type CallOutcome, settleCall } from './ai.calls.sql';

export type { CallOutcome } from './ai.calls.sql';

/**
 * The ledger of calls to models. A call is opened before it is made, and settled once, by whichever process
 * comes first.
 */
export class AiCallsRepository {
  constructor(private readonly db: Database) {}

  /** Writes the 'pending' row of a call. */
  async open({ id, charge, provider, model }: NewAiCall): Promise<void> {
    await this.db.prisma.aiCall.create({ data: { id, ...charge, provider, model }, select: { id: true } });
  }

  /** @returns false if the call is already settled */
  async settle(callId: string, outcome: CallOutcome): Promise<boolean> {
    return (await this.db.execute(settleCall(callId, outcome))) > 0;
  }

  /** Settles pending calls that are older than this. @returns how many */
  async abandonOlderThan(seconds: number, limit: number): Promise<number> {
    return this.db.execute(abandonOldCalls(seconds, limit));
  }

  /** Settles the pending calls of a run as aborted. @returns how many */
  async abandonOfRun(runId: string): Promise<number> {
    return this.db.execute(abandonCallsOfRun(runId));
  }
}
