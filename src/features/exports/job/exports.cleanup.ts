import type { WalkedPage } from '../../../shared/pages';
import type { ExportCompletion } from './exports.completion';
import type { ExportExecutionRepository } from './exports.execution.repository';

/**
 * A large export takes an hour, and waits up to half a day at each step while database or storage is
 * unreachable.
 */
const LOST_AFTER_HOURS = 72;

/** Removes exports that are no longer needed. */
export class ExportCleanup {
  constructor(
    private readonly repository: ExportExecutionRepository,
    private readonly completion: ExportCompletion,
    private readonly keptDays: number,
  ) {}

  /**
   * Ends the exports on a page of unfinished ones whose workflow is gone, for example after a "terminate".
   * Safe to repeat, even at the same time. @returns how many
   */
  async endLost({ after, limit }: { after: string | null; limit: number }): Promise<WalkedPage> {
    const exports = await this.repository.nextUnfinished(LOST_AFTER_HOURS, after, limit);
    const lost = exports.filter(({ isLost }) => isLost);
    for (const { id } of lost) await this.completion.giveUp(id, 'failed', 'export.lost');
    return { done: lost.length, next: exports.length < limit ? null : (exports.at(-1)?.id ?? null) };
  }

  /**
   * Deletes expired files, and files that failed, cancelled and deleted exports have left behind. Safe to
   * repeat, even at the same time. @returns how many exports were handled; fewer than the limit means that
   * none is left
   */
  async expire({ limit }: { limit: number }): Promise<number> {
    const ids = await this.repository.listExpired(limit);
    for (const id of ids) await this.completion.removeFiles(id);
    return ids.length;
  }

  /**
   * Deletes the rows of exports whose files were deleted long ago; the audit trail keeps who downloaded
   * them. Safe to repeat, even at the same time. @returns how many; fewer than the limit means that none
   * may be left
   */
  forget({ limit }: { limit: number }): Promise<number> {
    return this.repository.deleteOld(this.keptDays, limit);
  }
}
