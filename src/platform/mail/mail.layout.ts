import { LOGO_ID, type MailLogo } from './mail.logo';

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

/** The common parts of every mail of a school. */
export interface MailPage {
  locale: string;
  subject: string;
  school: string;
  /** The primary colour of the school's theme. */
  color: string | undefined;
  logo: MailLogo | null;
  /** HTML in which users' texts are escaped. */
  body: string;
  footer: string;
}

export const htmlParagraph = (text: string): string => `<p style="margin:0 0 12px">${escapeHtml(text)}</p>`;

/** A link that looks like a button. */
export function htmlButton(href: string, label: string, color: string | undefined): string {
  const { back, front } = colorsOf(color);
  return `<p><a href="${escapeHtml(href)}" style="display:inline-block;padding:10px 18px;border-radius:6px;background:${back};color:${front};text-decoration:none">${escapeHtml(label)}</a></p>`;
}

/** Builds the HTML of a mail in the colours of a school. Pure. */
export function htmlPage(page: MailPage): string {
  const { back, front } = colorsOf(page.color);
  // Beside the name, which remains for clients that show no images.
  const logo =
    page.logo === null
      ? ''
      : `<img src="cid:${LOGO_ID}" alt="" height="32" style="height:32px;vertical-align:middle;margin-right:12px">`;
  const subject = escapeHtml(page.subject);
  return `<!doctype html>
<html lang="${escapeHtml(page.locale)}"><head><meta charset="utf-8"><title>${subject}</title></head>
<body style="margin:0;background:#f3f4f6;font-family:sans-serif;color:#111827">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center" style="padding:24px 12px">
<table role="presentation" width="560" cellpadding="0" cellspacing="0" style="max-width:560px;background:#ffffff;border-radius:8px">
<tr><td style="padding:16px 24px;background:${back};color:${front};border-radius:8px 8px 0 0;font-weight:bold">${logo}${escapeHtml(page.school)}</td></tr>
<tr><td style="padding:24px">
<h1 style="margin:0 0 16px;font-size:20px">${subject}</h1>
${page.body}
</td></tr>
<tr><td style="padding:16px 24px;font-size:12px;color:#6b7280">${page.footer}</td></tr>
</table></td></tr></table>
</body></html>
`;
}
