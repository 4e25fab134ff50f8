import type { AuthRetentionRepository } from './auth.retention.repository';

/** Deletes ended credentials after the time in which their owners may want to see them. */
export class AuthRetentionService {
  constructor(
    private readonly repository: AuthRetentionRepository,
    private readonly keptDays: number,
  ) {}

  /** @returns how many rows; fewer than `limit` means that none may be left */
  deleteEndedSignIns({ limit }: { limit: number }): Promise<number> {
    return this.repository.deleteEndedSignIns(this.keptDays, limit);
  }

  /** The same for API tokens. */
  deleteEndedApiTokens({ limit }: { limit: number }): Promise<number> {
    return this.repository.deleteEndedApiTokens(this.keptDays, limit);
  }
}
