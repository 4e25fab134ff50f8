import type { WalkedPage } from '../../../shared/pages';
import type { ExportCompletion } from './exports.completion';
import type { ExportExecutionRepository } from './exports.execution.repository';

/** A large one takes an hour, and waits half a day at each step for a database or storage that is away. */
const LOST_AFTER_HOURS = 72;

/** Removes what is not wanted any more. */
export class ExportCleanup {
  constructor(
    private readonly repository: ExportExecutionRepository,
    private readonly completion: ExportCompletion,
    private readonly keptDays: number,
  ) {}

  /**
   * Ends, of a page of the exports under way, those whose workflow is gone, as after a "terminate". Safe to repeat and to
   * run twice at once. @returns how many.
   */
  async endLost({ after, limit }: { after: string | null; limit: number }): Promise<WalkedPage> {
    const exports = await this.repository.nextUnfinished(LOST_AFTER_HOURS, after, limit);
    const lost = exports.filter(({ isLost }) => isLost);
    for (const { id } of lost) await this.completion.giveUp(id, 'failed', 'export.lost');
    return { done: lost.length, next: exports.length < limit ? null : (exports.at(-1)?.id ?? null) };
  }

  /**
   * Deletes files whose time is over, and what failed, cancelled and deleted exports have left behind. Safe to repeat
   * and to run twice at once. @returns how many exports were dealt with; fewer than the limit means that none is left.
   */
  async expire({ limit }: { limit: number }): Promise<number> {
    const ids = await this.repository.listExpired(limit);
    for (const id of ids) await this.completion.removeFiles(id);
    return ids.length;
  }

  /**
   * Deletes the rows of exports whose files are long gone; who has had what stays in the audit trail. Safe to repeat and
   * to run twice at once. @returns how many; fewer than the limit means that there may be none left.
   */
  forget({ limit }: { limit: number }): Promise<number> {
    return this.repository.deleteOld(this.keptDays, limit);
  }
}
