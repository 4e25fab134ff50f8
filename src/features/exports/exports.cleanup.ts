import type { ExportEndings } from './exports.endings';
import type { ExportExecutionRepository } from './exports.execution.repository';

/** Removes what is not wanted any more. */
export class ExportCleanup {
  constructor(
    private readonly repository: ExportExecutionRepository,
    private readonly endings: ExportEndings,
  ) {}

  /**
   * Deletes files whose time is over, and what failed, cancelled and deleted exports have left behind. Safe to repeat
   * and to run twice at once. @returns how many exports were dealt with; fewer than the limit means that none is left.
   */
  async expire({ limit }: { limit: number }): Promise<number> {
    const ids = await this.repository.listExpired(limit);
    for (const id of ids) await this.endings.removeFiles(id);
    return ids.length;
  }
}
