import {
  DeliveryDelayedError,
  DeliveryRefusedError,
  headerText,
  type MailSender,
  mailLogoOf,
} from '../../../platform/mail';
import type { Clock } from '../../../shared/clock';
import type { GroupsReader } from '../../groups';
import { NOTIFICATION_EVENTS, specOf } from '../notifications.events';
import type { Delivery } from '../notifications.types';
import type { PushSubscriptionsRepository } from '../preferences/notifications.subscriptions.repository';
import type { UnsubscribeTokens } from '../preferences/notifications.unsubscribe';
import { reasonNotToDeliver, waitsForDigest, waitUntil } from './notifications.decision';
import type { DeliveriesRepository, Ending } from './notifications.deliveries.repository';
import { composeMail, linkTo, type MailItem } from './notifications.mail';
import type { PushSender } from './notifications.push';
import { catalogueOf } from './notifications.texts';

const DIGESTIBLE = NOTIFICATION_EVENTS.filter((event) => specOf(event).digestible);

export interface DeliveryDeps {
  clock: Clock;
  deliveries: DeliveriesRepository;
  subscriptions: PushSubscriptionsRepository;
  groups: Pick<GroupsReader, 'documentTheme' | 'resolvedSettings' | 'timezoneOf'>;
  tokens: UnsubscribeTokens;
  /** Null if mails cannot be sent. */
  mail: MailSender | null;
  /** Null without VAPID keys. */
  push: PushSender | null;
  /** The address of the API. */
  apiUrl: string;
  /** The address of the web client. */
  webUrl: string | undefined;
}

/** Sends one delivery, once. */
export class DeliveryService {
  constructor(private readonly deps: DeliveryDeps) {}

  /**
   * Makes one attempt. It may run twice and be killed at any point: an ended delivery does not change, and
   * a mail that a server may have accepted is not handed over again.
   * @throws DeliveryDelayedError if the same may succeed later
   */
  async deliver(id: string, signal: AbortSignal): Promise<void> {
    const { clock, deliveries } = this.deps;
    const now = clock.now();
    const delivery = await deliveries.begin(id, now);
    if (delivery === null) return;
    if (delivery.handedAt !== null) return this.end(id, { state: 'failed', code: 'mail.outcome_unknown' });
    const reason = reasonNotToDeliver(delivery);
    // The daily mail also contains other notifications.
    if (reason !== null && !isDigest(delivery)) return this.end(id, { state: 'skipped', code: reason });
    const zone = delivery.timeZone ?? (await this.deps.groups.timezoneOf(delivery.groupId));
    const until = waitUntil(delivery, now, zone);
    if (until !== null) return deliveries.defer(id, until);
    try {
      if (delivery.channel === 'email') await this.sendMail(delivery, zone, signal);
      else await this.sendPush(delivery, zone, signal);
    } catch (error) {
      if (!(error instanceof DeliveryRefusedError)) throw error;
      await this.end(id, { state: 'failed', code: error.details.reason ?? 'refused' });
    }
  }

  private async sendMail(lead: Delivery, zone: string, signal: AbortSignal): Promise<void> {
    const { clock, deliveries, mail } = this.deps;
    if (mail === null) return this.end(lead.id, { state: 'skipped', code: 'mail.not_configured' });
    const all = await this.contentsOf(lead);
    if (all === null) return;
    const fit = all.filter((each) => reasonNotToDeliver(each) === null);
    // Nothing fits a person who has no e-mail any more.
    if (lead.email === null || fit.length === 0) return this.skipUnfit(all, fit);
    try {
      const providerId = await mail.send(await this.compose(lead, lead.email, fit, zone), {
        signal,
        beforeHandOver: async () => {
          if (!(await deliveries.markHanded(lead.id, clock.now())))
            throw new DeliveryDelayedError('mail.handed');
        },
      });
      await this.skipUnfit(all, fit);
      await this.end(lead.id, { state: 'sent', code: null, providerId });
    } catch (error) {
      // The server has answered and did not accept it, so the next attempt may hand it over.
      if (error instanceof DeliveryDelayedError && error.details.reason === 'mail.unavailable')
        await deliveries.clearHanded(lead.id);
      throw error;
    }
  }

  /**
   * The contents of the mail: itself, or everything that waits for the daily mail; null if it is part of
   * another mail.
   */
  private async contentsOf(lead: Delivery): Promise<Delivery[] | null> {
    if (!isDigest(lead)) return [lead];
    return this.deps.deliveries.gather(lead.id, lead.userId, DIGESTIBLE, this.deps.clock.now());
  }

  private async skipUnfit(all: readonly Delivery[], fit: readonly Delivery[]): Promise<void> {
    for (const each of all) {
      if (!fit.includes(each)) await this.end(each.id, { state: 'skipped', code: reasonNotToDeliver(each) });
    }
  }

  private async compose(lead: Delivery, to: string, all: readonly Delivery[], zone: string) {
    const { apiUrl, groups, tokens, webUrl } = this.deps;
    const locale = await this.localeOf(lead);
    const event = all.length > 1 ? null : lead.event;
    const token = tokens.create({ userId: lead.userId, event }, to, this.deps.clock.now());
    const theme = await groups.documentTheme(lead.groupId);
    return composeMail({
      id: lead.id,
      to,
      locale,
      items: all.map((each) => itemOf(each, locale, zone)),
      school: lead.groupName,
      color: theme.colors.primary,
      logo: mailLogoOf(theme.logoImage),
      webUrl,
      unsubscribeUrl: `${apiUrl}/notifications/unsubscribe/${token}`,
    });
  }

  private async sendPush(delivery: Delivery, zone: string, signal: AbortSignal): Promise<void> {
    const { push, subscriptions, webUrl } = this.deps;
    if (push === null) return this.end(delivery.id, { state: 'skipped', code: 'push.not_configured' });
    const targets = await subscriptions.listOf(delivery.userId);
    const locale = await this.localeOf(delivery);
    const item = itemOf(delivery, locale, zone);
    const words = catalogueOf(locale)[delivery.event];
    const message = {
      topic: delivery.notificationId.replaceAll('-', ''),
      payload: {
        notificationId: delivery.notificationId,
        event: delivery.event,
        title: headerText(words.subject(item)),
        body: words.body(item),
        url: linkTo(delivery.event, delivery.subjectId, webUrl),
      },
    };
    const outcomes = await Promise.all(targets.map((target) => push.send(target, message, signal)));
    const gone = targets.filter((_, index) => outcomes[index] === 'gone');
    await subscriptions.removeEndpoints(gone.map(({ endpoint }) => endpoint));
    // Browsers that could not be reached show it in the list; notifying the others twice would be worse.
    if (outcomes.includes('sent')) return this.end(delivery.id, { state: 'sent', code: null });
    if (outcomes.includes('delayed')) throw new DeliveryDelayedError('push.unavailable');
    if (outcomes.includes('refused')) throw new DeliveryRefusedError('push.refused');
    return this.end(delivery.id, { state: 'skipped', code: 'push.no_subscription' });
  }

  private async localeOf({ locale, groupId }: Delivery): Promise<string> {
    return locale ?? (await this.deps.groups.resolvedSettings(groupId)).locale ?? 'en';
  }

  private async end(id: string, ending: Ending): Promise<void> {
    await this.deps.deliveries.finish(id, ending, this.deps.clock.now());
  }
}

const isDigest = (delivery: Delivery): boolean => delivery.state === 'deferred' && waitsForDigest(delivery);

function itemOf(delivery: Delivery, locale: string, zone: string): MailItem {
  const { event, subjectId, assignmentTitle, className, dueAt, isGuardian } = delivery;
  return {
    event,
    subjectId,
    title: assignmentTitle ?? '',
    className: className ?? '',
    isGuardian,
    due:
      dueAt === null
        ? null
        : new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short', timeZone: zone }).format(
            dueAt,
          ),
  };
}
