import {
  escapeHtml,
  headerText,
  htmlButton,
  htmlPage,
  htmlParagraph,
  type Mail,
  type MailLogo,
} from '../../../platform/mail';
import { type NotificationEvent, specOf } from '../notifications.events';
import { type Catalogue, catalogueOf, type TextParams } from './notifications.texts';

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
  const paragraph = (item: MailItem): string => {
    const link = linkTo(item.event, item.subjectId, input.webUrl);
    const button = link === null ? '' : htmlButton(link, words.open, input.color);
    return `${htmlParagraph(words[item.event].body(item))}${button}`;
  };
  return htmlPage({
    ...{ locale: input.locale, subject, school: input.school, color: input.color, logo: input.logo },
    body: `${isDigest ? `<p>${escapeHtml(words.digestBody)}</p>` : ''}${input.items.map(paragraph).join('\n')}`,
    footer: `${escapeHtml(words.reason(input.school))}<br>
<a href="${escapeHtml(input.unsubscribeUrl)}" style="color:#6b7280">${escapeHtml(words.unsubscribe)}</a>`,
  });
}
