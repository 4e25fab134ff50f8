import { type NotificationEvent, specOf } from '../notifications.events';
import { LOGO_ID, type MailLogo } from './notifications.logo';
import { type Catalogue, catalogueOf, type TextParams } from './notifications.texts';

/** A mail for a sender. Headers contain no line breaks. */
export interface Mail {
  /** The id of its delivery: the same mail always has the same id. */
  id: string;
  to: string;
  subject: string;
  text: string;
  html: string;
  /** The image that the HTML shows as `cid:logo`; null if it shows none. */
  logo: MailLogo | null;
  /** A one-click address, as in RFC 8058. */
  unsubscribeUrl: string;
}

export interface MailItem extends TextParams {
  event: NotificationEvent;
  subjectId: string;
}

export interface MailInput {
  id: string;
  to: string;
  locale: string;
  /** The notifications in it; several make it a digest. */
  items: readonly MailItem[];
  school: string;
  /** The primary colour of the school's theme. */
  color: string | undefined;
  /** The logo of the school's theme. */
  logo: MailLogo | null;
  /** The address of the web client; without it the mail has no link. */
  webUrl: string | undefined;
  unsubscribeUrl: string;
}

const DEFAULT_COLOR = '#1d4ed8';
const HEX = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i;
/** Long titles are cut in subjects. */
const MAX_SUBJECT = 150;

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes text for HTML, including attributes. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');

/** Makes a text one line, so that a title cannot begin a header. */
export const headerText = (text: string): string =>
  text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, MAX_SUBJECT)
    .toWellFormed();

/** The colour, with white or black text on it, whichever is easier to read. */
function colorsOf(color: string | undefined): { back: string; front: string } {
  const [, red, green, blue] = HEX.exec(color ?? '') ?? [];
  if (red === undefined || green === undefined || blue === undefined)
    return { back: DEFAULT_COLOR, front: '#ffffff' };
  const lightness = [red, green, blue].map((part) => Number.parseInt(part, 16));
  const [r = 0, g = 0, b = 0] = lightness;
  return {
    back: `#${red}${green}${blue}`,
    front: r * 0.299 + g * 0.587 + b * 0.114 > 150 ? '#000000' : '#ffffff',
  };
}

/** The address at which the web client shows it. */
export function linkTo(
  event: NotificationEvent,
  subjectId: string,
  webUrl: string | undefined,
): string | null {
  return webUrl === undefined ? null : `${webUrl}${specOf(event).link.replace(':id', subjectId)}`;
}

/**
 * Composes the mail in the language and colours of its recipient. Pure: the same input gives the same mail.
 */
export function composeMail(input: MailInput): Mail {
  const words = catalogueOf(input.locale);
  const [first] = input.items;
  const isDigest = input.items.length > 1;
  const subject =
    isDigest || first === undefined
      ? words.digestSubject(input.items.length)
      : words[first.event].subject(first);
  return {
    id: input.id,
    to: input.to,
    subject: headerText(subject),
    text: textOf(input, words, isDigest),
    html: htmlOf(input, words, headerText(subject), isDigest),
    logo: input.logo,
    unsubscribeUrl: input.unsubscribeUrl,
  };
}

function textOf(
  { items, school, unsubscribeUrl, webUrl }: MailInput,
  words: Catalogue,
  isDigest: boolean,
): string {
  const blocks = items.map((item) => {
    const link = linkTo(item.event, item.subjectId, webUrl);
    return [words[item.event].body(item), ...(link === null ? [] : [link])].join('\n');
  });
  const footer = `-- \n${words.reason(school)}\n${words.unsubscribe}: ${unsubscribeUrl}`;
  return `${[...(isDigest ? [words.digestBody] : []), ...blocks, footer].join('\n\n')}\n`;
}

function htmlOf(input: MailInput, words: Catalogue, subject: string, isDigest: boolean): string {
  const { back, front } = colorsOf(input.color);
  // Beside the name, which remains for clients that show no images.
  const logo =
    input.logo === null
      ? ''
      : `<img src="cid:${LOGO_ID}" alt="" height="32" style="height:32px;vertical-align:middle;margin-right:12px">`;
  const paragraph = (item: MailItem): string => {
    const link = linkTo(item.event, item.subjectId, input.webUrl);
    const button =
      link === null
        ? ''
        : `<p><a href="${escapeHtml(link)}" style="display:inline-block;padding:10px 18px;border-radius:6px;background:${back};color:${front};text-decoration:none">${escapeHtml(words.open)}</a></p>`;
    return `<p style="margin:0 0 12px">${escapeHtml(words[item.event].body(item))}</p>${button}`;
  };
  return `<!doctype html>
<html lang="${escapeHtml(input.locale)}"><head><meta charset="utf-8"><title>${escapeHtml(subject)}</title></head>
<body style="margin:0;background:#f3f4f6;font-family:sans-serif;color:#111827">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center" style="padding:24px 12px">
<table role="presentation" width="560" cellpadding="0" cellspacing="0" style="max-width:560px;background:#ffffff;border-radius:8px">
<tr><td style="padding:16px 24px;background:${back};color:${front};border-radius:8px 8px 0 0;font-weight:bold">${logo}${escapeHtml(input.school)}</td></tr>
<tr><td style="padding:24px">
<h1 style="margin:0 0 16px;font-size:20px">${escapeHtml(subject)}</h1>
${isDigest ? `<p>${escapeHtml(words.digestBody)}</p>` : ''}${input.items.map(paragraph).join('\n')}
</td></tr>
<tr><td style="padding:16px 24px;font-size:12px;color:#6b7280">${escapeHtml(words.reason(input.school))}<br>
<a href="${escapeHtml(input.unsubscribeUrl)}" style="color:#6b7280">${escapeHtml(words.unsubscribe)}</a></td></tr>
</table></td></tr></table>
</body></html>
`;
}
