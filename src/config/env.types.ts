import { z } from 'zod';

/** `true` or `false`. */
export const flag = z.enum(['true', 'false']).transform((value) => value === 'true');
/** A whole number within these bounds. */
export const integer = (min: number, max: number) => z.coerce.number().int().min(min).max(max);
const CURRENCIES = new Set(Intl.supportedValuesOf('currency'));
/** The ISO 4217 code of a currency in use, in upper case. */
export const currencyCode = z
  .string()
  .transform((value) => value.toUpperCase())
  .refine(
    (code) => CURRENCIES.has(code),
    'must be the ISO 4217 code of a currency in use, such as USD or EUR',
  );
/** An address with one of these protocols. */
export const url = (...protocols: string[]) =>
  z.string().refine(
    (value) => {
      try {
        return protocols.includes(new URL(value).protocol);
      } catch {
        return false;
      }
    },
    `must be a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  );

/**
 * Whether the text is an origin such as `https://app.example.org`, or an origin with any port:
 * `http://localhost:*`.
 */
export function isOriginPattern(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\/(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::(?:\d{1,5}|\*))?\/*$/i.test(text);
}

/** Whether the text is a host with or without a port: `localhost`, `127.0.0.1:8080`, `[::1]`. */
export function isAllowedHost(text: string): boolean {
  return /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i.test(text);
}
