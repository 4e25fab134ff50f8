import type { AuthRetentionRepository } from './auth.retention.repository';

/** Removes ended credentials after the time for which their owners may want to see them. */
export class AuthRetentionService {
  constructor(
    private readonly repository: AuthRetentionRepository,
    private readonly keptDays: number,
  ) {}

  /** @returns how many rows: fewer than `limit` means that there may be none left. */
  deleteEndedSignIns({ limit }: { limit: number }): Promise<number> {
    return this.repository.deleteEndedSignIns(this.keptDays, limit);
  }

  /** As above. */
  deleteEndedApiTokens({ limit }: { limit: number }): Promise<number> {
    return this.repository.deleteEndedApiTokens(this.keptDays, limit);
  }
}
