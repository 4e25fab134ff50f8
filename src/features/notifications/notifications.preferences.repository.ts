import { z } from 'zod';
import type { Database } from '../../platform/db/database';
import { join, sql } from '../../platform/db/sql';
import { newId } from '../../shared/ids';
import { EVENTS, NOTIFICATION_EVENTS, type NotificationEvent, specOf } from './notifications.events';
import { CHANNELS, type Channel, type ChannelChoice, DIGESTS, type Settings } from './notifications.types';

const SettingsRow = z.object({
  quietFrom: z.number().nullable(),
  quietUntil: z.number().nullable(),
  timeZone: z.string().nullable(),
  digest: z.enum(DIGESTS),
});
const ChoiceRow = z.object({ event: z.string(), channel: z.enum(CHANNELS), enabled: z.boolean() });

export interface Choice {
  event: NotificationEvent;
  channel: Channel;
  enabled: boolean;
}

/** What everybody gets who has chosen nothing. */
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
    const row = await this.db.row(
      sql`SELECT quiet_from AS "quietFrom", quiet_until AS "quietUntil", time_zone AS "timeZone", digest
          FROM notification_settings WHERE user_id = ${userId}::uuid`,
      SettingsRow,
    );
    if (row === null) return { quietHours: null, timeZone: null, digest: 'none' };
    const { quietFrom, quietUntil, timeZone, digest } = row;
    const quietHours =
      quietFrom === null || quietUntil === null ? null : { from: quietFrom, until: quietUntil };
    return { quietHours, timeZone, digest };
  }

  async channelsOf(userId: string): Promise<ChannelChoice> {
    const chosen = await this.db.rows(
      sql`SELECT event, channel, enabled FROM notification_preferences WHERE user_id = ${userId}::uuid`,
      ChoiceRow,
    );
    const channels = defaults();
    // An event that is no more is nobody's choice any more.
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
    if (choices.length === 0) return;
    const rows = choices.map(
      ({ event, channel, enabled }) =>
        sql`(${newId()}::uuid, ${userId}::uuid, ${event}, ${channel}, ${enabled})`,
    );
    await this.db.execute(
      sql`INSERT INTO notification_preferences (id, user_id, event, channel, enabled) VALUES ${join(rows)}
          ON CONFLICT (user_id, event, channel) DO UPDATE SET enabled = excluded.enabled
          WHERE notification_preferences.enabled <> excluded.enabled`,
    );
  }

  /** Where mails to a person go; null where there is no such person. */
  findRecipient(userId: string): Promise<{ tenantId: string | null; email: string } | null> {
    return this.db.prisma.user.findUnique({
      where: { id: userId, deletedAt: null },
      select: { tenantId: true, email: true },
    });
  }
}
