import type { NotificationRetentionRepository } from './notifications.retention.repository';

export interface NotificationRetentionSettings {
  /** Days after which a read notification is deleted. */
  readDays: number;
  /** Days after which a notification is deleted, read or not. */
  allDays: number;
}

/** Deletes old notifications. Each call handles one batch and is safe to repeat. */
export class NotificationRetentionService {
  constructor(
    private readonly repository: NotificationRetentionRepository,
    private readonly settings: NotificationRetentionSettings,
  ) {}

  /** @returns how many; fewer than `limit` means that none may be left */
  deleteOld({ limit }: { limit: number }): Promise<number> {
    const { readDays, allDays } = this.settings;
    return this.repository.deleteOld(readDays, allDays, limit);
  }

  /** The same for their events. */
  deleteOldEvents({ limit }: { limit: number }): Promise<number> {
    return this.repository.deleteOldEvents(this.settings.allDays, limit);
  }
}
