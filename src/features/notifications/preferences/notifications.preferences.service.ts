import type { Principal } from '../../../authz/ability';
import type { Database } from '../../../platform/db/database';
import { ForbiddenAddressError, type OutgoingGuard } from '../../../platform/http-client';
import type { Clock } from '../../../shared/clock';
import type { AuditService, AuditSubject } from '../../audit';
import { CHANNELS } from '../notifications.channels';
import { PushEndpointError, SubscriptionNotFoundError, UnsubscribeTokenError } from '../notifications.errors';
import { NOTIFICATION_EVENTS } from '../notifications.events';
import { requireOwn } from '../notifications.policy';
import type { Choice } from '../notifications.sql';
import type { NewPreferences, Preferences, PushTarget } from '../notifications.types';
import type { PreferencesRepository } from './notifications.preferences.repository';
import type { PushSubscriptionsRepository } from './notifications.subscriptions.repository';
import type { UnsubscribeTokens, Unsubscription } from './notifications.unsubscribe';

export interface PreferencesDeps {
  db: Database;
  clock: Clock;
  preferences: PreferencesRepository;
  subscriptions: PushSubscriptionsRepository;
  tokens: UnsubscribeTokens;
  audit: AuditService;
  /** Decides where endpoints may lead. */
  guard: OutgoingGuard;
}

/** Manages people's notification preferences. */
export class PreferencesService {
  constructor(private readonly deps: PreferencesDeps) {}

  /** Returns the caller's preferences, with the defaults for everything they have not chosen. */
  async getPreferences(principal: Principal): Promise<Preferences> {
    requireOwn(principal, 'notification.read');
    const { preferences } = this.deps;
    const [settings, channels] = await Promise.all([
      preferences.settingsOf(principal.userId),
      preferences.channelsOf(principal.userId),
    ]);
    return { ...settings, channels };
  }

  /** Replaces the settings and the named choices. */
  async putPreferences(
    principal: Principal,
    { channels, ...settings }: NewPreferences,
  ): Promise<Preferences> {
    requireOwn(principal, 'notification.update');
    const choices = NOTIFICATION_EVENTS.flatMap((event) =>
      CHANNELS.flatMap((channel): Choice[] => {
        const enabled = channels[event]?.[channel];
        return enabled === undefined ? [] : [{ event, channel, enabled }];
      }),
    );
    await this.deps.db.transaction(async () => {
      await this.deps.preferences.putSettings(principal.userId, settings);
      await this.deps.preferences.putChoices(principal.userId, choices);
      await this.deps.audit.record(ownerOf(principal), 'notifications.preferences_changed');
    });
    return this.getPreferences(principal);
  }

  /** @returns the id of the subscription. @throws PushEndpointError */
  async subscribe(principal: Principal, target: PushTarget): Promise<string> {
    requireOwn(principal, 'notification.update');
    this.assertEndpoint(target.endpoint);
    return this.deps.db.transaction(async () => {
      const id = await this.deps.subscriptions.put(principal.userId, target);
      await this.deps.audit.record(ownerOf(principal), 'notifications.push_subscribed', {
        subscriptionId: id,
      });
      return id;
    });
  }

  /** The sender checks again where the name leads at that time. */
  private assertEndpoint(endpoint: string): void {
    try {
      this.deps.guard.assertAllowed(new URL(endpoint));
    } catch (error) {
      if (error instanceof ForbiddenAddressError) throw new PushEndpointError(error.message);
      throw error;
    }
  }

  /** @throws SubscriptionNotFoundError */
  async unsubscribe(principal: Principal, endpoint: string): Promise<void> {
    requireOwn(principal, 'notification.update');
    await this.deps.db.transaction(async () => {
      const id = await this.deps.subscriptions.remove(principal.userId, endpoint);
      if (id === null) throw new SubscriptionNotFoundError();
      await this.deps.audit.record(ownerOf(principal), 'notifications.push_unsubscribed', {
        subscriptionId: id,
      });
    });
  }

  /** Reads an unsubscribe link. @throws UnsubscribeTokenError if it has expired or is not ours */
  async readLink(token: string): Promise<Unsubscription & { tenantId: string | null }> {
    const found = this.deps.tokens.read(token, this.deps.clock.now());
    const recipient = found === null ? null : await this.deps.preferences.findRecipient(found.userId);
    const email = recipient?.email ?? null;
    if (found === null || recipient === null || email === null || !found.isFor(email))
      throw new UnsubscribeTokenError();
    return { userId: found.userId, event: found.event, tenantId: recipient.tenantId };
  }

  /** Stops mails of this kind; repeating it changes nothing. @throws UnsubscribeTokenError */
  async unsubscribeByLink(token: string): Promise<void> {
    const { userId, event, tenantId } = await this.readLink(token);
    const { preferences } = this.deps;
    const events = event === null ? NOTIFICATION_EVENTS : [event];
    await this.deps.db.transaction(async () => {
      await preferences.putChoices(
        userId,
        events.map((each) => ({ event: each, channel: 'email', enabled: false })),
      );
      await this.deps.audit.record({ type: 'user', id: userId, tenantId }, 'notifications.unsubscribed', {
        event: event ?? 'all',
      });
    });
  }
}

const ownerOf = ({ userId, tenantId }: Principal): AuditSubject => ({ type: 'user', id: userId, tenantId });
