import { domainToASCII } from 'node:url';

/** The longest address that mail servers accept (RFC 5321, erratum 1690). */
export const MAX_EMAIL_LENGTH = 254;
const LOCAL_PART = /^(?!\.)(?!.*\.\.)[a-z0-9_'+.-]{0,63}[a-z0-9_+-]$/;
const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const DOMAIN = new RegExp(`^(?:${LABEL}\\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{0,58}[a-z0-9])$`);

/**
 * Returns an e-mail address as it is compared and stored: without spaces around it, in lower case, its
 * domain in ASCII (`schüle.example` is `xn--schle-mva.example`). A text that is no address only loses its
 * spaces and upper case.
 */
export function normalizedEmail(text: string): string {
  const address = text.trim().normalize('NFC').toLowerCase();
  const at = address.lastIndexOf('@');
  const domain = at === -1 ? '' : domainToASCII(address.slice(at + 1));
  return domain === '' ? address : `${address.slice(0, at)}@${domain}`;
}

/** Whether mail can be sent to a normalized address. */
export function isEmail(text: string): boolean {
  const at = text.lastIndexOf('@');
  if (at === -1 || text.length > MAX_EMAIL_LENGTH) return false;
  return LOCAL_PART.test(text.slice(0, at)) && DOMAIN.test(text.slice(at + 1));
}
