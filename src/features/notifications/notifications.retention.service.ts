import type { NotificationRetentionRepository } from './notifications.retention.repository';

export interface NotificationRetentionSettings {
  /** Days after which one that was read is removed. */
  readDays: number;
  /** Days after which one is removed, read or not. */
  allDays: number;
}

/** Removes notifications that nobody looks for any more. Each call works on one batch and can be run twice. */
export class NotificationRetentionService {
  constructor(
    private readonly repository: NotificationRetentionRepository,
    private readonly settings: NotificationRetentionSettings,
  ) {}

  /** @returns how many: fewer than `limit` means that there may be none left. */
  deleteOld({ limit }: { limit: number }): Promise<number> {
    const { readDays, allDays } = this.settings;
    return this.repository.deleteOld(readDays, allDays, limit);
  }

  /** As above, of the events that they told of. */
  deleteOldEvents({ limit }: { limit: number }): Promise<number> {
    return this.repository.deleteOldEvents(this.settings.allDays, limit);
  }
}
