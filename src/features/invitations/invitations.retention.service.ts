import type { Clock } from '../../shared/clock';
import type { InvitationsRepository } from './invitations.repository';

const DAY_MS = 24 * 3_600_000;

/** Removes invitations whose time was over long ago; who accepted one stands in the audit trail. */
export class InvitationsRetentionService {
  constructor(
    private readonly deps: { invitations: InvitationsRepository; clock: Clock; keptDays: number },
  ) {}

  /** @returns how many rows: fewer than `limit` means that there may be none left. */
  deleteOld({ limit }: { limit: number }): Promise<number> {
    const before = new Date(this.deps.clock.now().getTime() - this.deps.keptDays * DAY_MS);
    return this.deps.invitations.deleteOld(before, limit);
  }
}
