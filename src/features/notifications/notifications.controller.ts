import type { z } from 'zod';
import { type Call, listQueryOf, type Reply, reply } from '../../http/route';
import { mapPage } from '../../shared/pages';
import { catalogueOf } from './delivery/notifications.texts';
import { minuteOf } from './delivery/notifications.time';
import {
  PREFERENCES_LOCATION,
  presentNotification,
  presentPreferences,
  unsubscribePage,
} from './notifications.presenter';
import type {
  ListNotificationsQuery,
  PreferencesBody,
  PushSubscriptionBody,
  PushUnsubscribeBody,
  UpdateNotificationBody,
} from './notifications.schemas';
import type { NotificationsService } from './notifications.service';
import type { PreferencesService } from './preferences/notifications.preferences.service';

type Token = { token: string };

export class NotificationsController {
  constructor(
    private readonly notifications: NotificationsService,
    private readonly preferences: PreferencesService,
    private readonly pushPublicKey: string | null,
  ) {}

  list = async ({
    principal,
    query,
  }: Call<unknown, z.output<typeof ListNotificationsQuery>>): Promise<Reply> => {
    const { page, unread } = await this.notifications.listNotifications(principal, listQueryOf(query));
    return reply.page(mapPage(page, presentNotification), { unread });
  };

  update = async ({
    principal,
    params,
    body,
  }: Call<{ id: string }, unknown, z.output<typeof UpdateNotificationBody>>): Promise<Reply> =>
    reply.ok(presentNotification(await this.notifications.setRead(principal, params.id, body.read)));

  readAll = async ({ principal }: Call): Promise<Reply> =>
    reply.ok({ read: await this.notifications.readAll(principal) });

  getPreferences = async ({ principal }: Call): Promise<Reply> =>
    reply.ok(presentPreferences(await this.preferences.getPreferences(principal), this.pushPublicKey));

  putPreferences = async ({
    principal,
    body,
  }: Call<unknown, unknown, z.output<typeof PreferencesBody>>): Promise<Reply> => {
    const { quietHours } = body;
    const saved = await this.preferences.putPreferences(principal, {
      ...body,
      quietHours:
        quietHours === null ? null : { from: minuteOf(quietHours.from), until: minuteOf(quietHours.until) },
    });
    return reply.ok(presentPreferences(saved, this.pushPublicKey));
  };

  subscribe = async ({
    principal,
    body,
  }: Call<unknown, unknown, z.output<typeof PushSubscriptionBody>>): Promise<Reply> => {
    const id = await this.preferences.subscribe(principal, { endpoint: body.endpoint, ...body.keys });
    return reply.created(PREFERENCES_LOCATION, { id, links: { preferences: PREFERENCES_LOCATION } });
  };

  unsubscribe = async ({
    principal,
    body,
  }: Call<unknown, unknown, z.output<typeof PushUnsubscribeBody>>): Promise<Reply> => {
    await this.preferences.unsubscribe(principal, body.endpoint);
    return reply.noContent();
  };

  /** Serves the page with the button. */
  askUnsubscribe = async (call: Call<Token>): Promise<Reply> => {
    await this.preferences.readLink(call.params.token);
    return sendPage(call, false);
  };

  unsubscribeByLink = async (call: Call<Token>): Promise<Reply> => {
    await this.preferences.unsubscribeByLink(call.params.token);
    if (call.req.accepts(['json', 'html']) === 'html') return sendPage(call, true);
    return reply.ok({ unsubscribed: true });
  };
}

function sendPage({ req, res }: Call<Token>, isDone: boolean): Reply {
  const locale = req.acceptsLanguages('en', 'de') || 'en';
  res.status(200).type('html').set('Cache-Control', 'no-store');
  res.send(unsubscribePage(catalogueOf(locale).unsubscribePage, locale, isDone));
  return reply.handled();
}
