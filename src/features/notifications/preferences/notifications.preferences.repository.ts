import type { Database } from '../../../platform/db/database';
import { newId } from '../../../shared/ids';
import { CHANNELS } from '../notifications.channels';
import { EVENTS, NOTIFICATION_EVENTS, type NotificationEvent, specOf } from '../notifications.events';
import { type Choice, upsertChoices } from '../notifications.sql';
import type { ChannelChoice, Settings } from '../notifications.types';

/** The preferences of people who have chosen none. */
function defaults(): ChannelChoice {
  const entries = NOTIFICATION_EVENTS.map((event) => [
    event,
    Object.fromEntries(CHANNELS.map((channel) => [channel, specOf(event).channels.includes(channel)])),
  ]);
  return Object.fromEntries(entries) as ChannelChoice;
}

export class PreferencesRepository {
  constructor(private readonly db: Database) {}

  async settingsOf(userId: string): Promise<Settings> {
    const row = await this.db.prisma.notificationSettings.findUnique({
      where: { userId },
      select: { quietFrom: true, quietUntil: true, timeZone: true, digest: true },
    });
    if (row === null) return { quietHours: null, timeZone: null, digest: 'none' };
    const { quietFrom, quietUntil, timeZone, digest } = row;
    const quietHours =
      quietFrom === null || quietUntil === null ? null : { from: quietFrom, until: quietUntil };
    return { quietHours, timeZone, digest };
  }

  async channelsOf(userId: string): Promise<ChannelChoice> {
    const chosen = await this.db.prisma.notificationPreference.findMany({
      where: { userId },
      select: { event: true, channel: true, enabled: true },
    });
    const channels = defaults();
    // Choices for events that no longer exist are ignored.
    for (const { event, channel, enabled } of chosen)
      if (event in EVENTS) channels[event as NotificationEvent][channel] = enabled;
    return channels;
  }

  async putSettings(userId: string, { quietHours, timeZone, digest }: Settings): Promise<void> {
    const values = {
      quietFrom: quietHours?.from ?? null,
      quietUntil: quietHours?.until ?? null,
      timeZone,
      digest,
    };
    await this.db.prisma.notificationSettings.upsert({
      where: { userId },
      create: { id: newId(), userId, ...values },
      update: values,
    });
  }

  async putChoices(userId: string, choices: readonly Choice[]): Promise<void> {
    if (choices.length > 0) await this.db.execute(upsertChoices(userId, choices));
  }

  /** Returns a person's mail address; null if there is no such person. */
  findRecipient(userId: string): Promise<{ tenantId: string | null; email: string | null } | null> {
    return this.db.prisma.user.findUnique({
      where: { id: userId, deletedAt: null },
      select: { tenantId: true, email: true },
    });
  }
}
