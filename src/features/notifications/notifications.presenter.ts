import { API_BASE } from '../../http/base';
import { escapeHtml } from '../../platform/mail';
import type { Catalogue } from './delivery/notifications.texts';
import { clockText } from './delivery/notifications.time';
import { specOf } from './notifications.events';
import type { Notification, Preferences } from './notifications.types';

const BASE = `${API_BASE}/notifications`;
export const PREFERENCES_LOCATION = `${BASE}/preferences`;

export function presentNotification(found: Notification) {
  const { assignmentId, assignmentTitle, classId, className, event, subjectId } = found;
  const { link, subject } = specOf(event);
  return {
    id: found.id,
    event,
    subject: { type: subject, id: subjectId },
    assignment: assignmentId === null ? null : { id: assignmentId, title: assignmentTitle },
    class: classId === null ? null : { id: classId, name: className },
    read: found.readAt !== null,
    readAt: found.readAt?.toISOString() ?? null,
    createdAt: found.createdAt.toISOString(),
    links: { self: `${BASE}/${found.id}`, subject: `${API_BASE}${link.replace(':id', subjectId)}` },
  };
}

/** A person's preferences; `pushPublicKey` is null if push notifications are off. */
export function presentPreferences(found: Preferences, pushPublicKey: string | null) {
  const { channels, digest, quietHours, timeZone } = found;
  return {
    channels,
    quietHours:
      quietHours === null ? null : { from: clockText(quietHours.from), until: clockText(quietHours.until) },
    timeZone,
    digest,
    pushPublicKey,
    links: { self: PREFERENCES_LOCATION },
  };
}

/**
 * The page behind the link in a mail. Only its button changes anything, because programs follow links, too.
 */
export function unsubscribePage(
  words: Catalogue['unsubscribePage'],
  locale: string,
  isDone: boolean,
): string {
  const content = isDone
    ? `<p>${escapeHtml(words.done)}</p>`
    : `<p>${escapeHtml(words.question)}</p><form method="post"><button type="submit">${escapeHtml(words.button)}</button></form>`;
  return `<!doctype html>
<html lang="${escapeHtml(locale)}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeHtml(words.title)}</title></head><body><main><h1>${escapeHtml(words.title)}</h1>${content}</main></body></html>
`;
}
