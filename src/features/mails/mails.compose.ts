import {
  escapeHtml,
  headerText,
  htmlButton,
  htmlPage,
  htmlParagraph,
  type Mail,
  mailLogoOf,
} from '../../platform/mail';
import { catalogueOf, type MailTextKind, type TextParams } from './mails.texts';
import type { MailLook } from './mails.types';

/**
 * The pages of the web client that accept the secret of a link. It comes after `#`, so that no server logs
 * it.
 */
const PAGES: Partial<Record<MailTextKind, string>> = {
  password_reset: '/reset-password',
  email_verification: '/verify-email',
  email_change: '/change-email',
  account_setup: '/reset-password',
  invitation: '/invitation',
};

export interface AccountMailInput {
  id: string;
  kind: MailTextKind;
  to: string;
  params: TextParams;
  /** The reader's language; null if they have chosen none. */
  locale: string | null;
  look: MailLook;
  /** Null for a mail without a link. */
  secret: string | null;
  webUrl: string | undefined;
}

/** Composes the mail in the reader's language and the colours of their district. Pure. */
export function composeAccountMail(input: AccountMailInput): Mail {
  const { kind, look, params, secret, webUrl } = input;
  const locale = input.locale ?? look.locale ?? 'en';
  const words = catalogueOf(locale);
  const texts = words[kind];
  const subject = headerText(texts.subject(params));
  const page = PAGES[kind];
  const link =
    secret === null || webUrl === undefined || page === undefined ? null : `${webUrl}${page}#token=${secret}`;
  const logo = mailLogoOf(look.logoImage);
  const before = [words.greeting(params.name), ...texts.body(params)];
  const after = secret === null ? [] : (texts.after ?? []);
  // Without a web client there is no link: the reader enters the code in the app.
  const textLink = link ?? (secret === null ? null : `${words.enterCode}\n${secret}`);
  const footer = kind === 'invitation' ? words.invitationReason(params.school) : words.reason(params.school);
  const text = [...before, ...(textLink === null ? [] : [textLink]), ...after, `-- \n${footer}`];
  const body = [
    ...before.map(htmlParagraph),
    ...(link === null
      ? codeOf(secret, words.enterCode)
      : buttonOf(link, texts.button ?? link, input, words.copyLink)),
    ...after.map(htmlParagraph),
  ];
  const frame = { locale, subject, school: params.school, color: look.color, logo };
  return {
    ...{ id: input.id, to: input.to, subject, logo, unsubscribeUrl: null },
    text: `${text.join('\n\n')}\n`,
    html: htmlPage({ ...frame, body: body.join('\n'), footer: escapeHtml(footer) }),
  };
}

const SMALL = 'margin:0 0 12px;font-size:12px;color:#6b7280;word-break:break-all';
const CODE = 'margin:0 0 16px;padding:12px;background:#f3f4f6;font-family:monospace;word-break:break-all';

function buttonOf(link: string, label: string, { look }: AccountMailInput, copyLink: string): string[] {
  return [
    htmlButton(link, label, look.color),
    `<p style="${SMALL}">${escapeHtml(copyLink)}<br>${escapeHtml(link)}</p>`,
  ];
}

function codeOf(secret: string | null, enterCode: string): string[] {
  if (secret === null) return [];
  return [htmlParagraph(enterCode), `<p style="${CODE}">${escapeHtml(secret)}</p>`];
}
