import { z } from 'zod';
import { isEmail, MAX_EMAIL_LENGTH, normalizedEmail } from '../shared/email';
import {
  isPlainLine,
  isPlainProse,
  isStorable,
  isStorableJson,
  normalizedLine,
  normalizedProse,
  showsAnything,
} from '../shared/text';
import { renamedTimeZone, timeZoneProblem } from '../shared/time-zones';
import { isUsername, MAX_USERNAME_LENGTH, normalizedUsername } from '../shared/username';

const STORABLE = { message: 'contains a character that cannot be stored', abort: true };
const PLAIN = {
  message: 'contains a control character, or one that changes the direction of text',
  abort: true,
};
const VISIBLE = { message: 'contains no visible character' };

/** A name, or any text of one line: NFC, trimmed, single spaces between words, no hidden characters. */
export const text = (min: number, max: number) =>
  z
    .string()
    .overwrite(normalizedLine)
    .min(min)
    .max(max)
    .refine(isStorable, STORABLE)
    .refine(isPlainLine, PLAIN)
    .refine((value) => min === 0 || value === '' || showsAnything(value), VISIBLE);

/** A text of several lines, as it was written: its line breaks, tabs and spaces stay. */
export const prose = (min: number, max: number) =>
  z
    .string()
    .overwrite(normalizedProse)
    .min(min)
    .max(max)
    .refine(isStorable, STORABLE)
    .refine(isPlainProse, PLAIN)
    .refine((value) => min === 0 || value === '' || showsAnything(value), VISIBLE);

/** A text that stays exactly as it was sent: passwords. */
export const verbatim = (min: number, max: number) =>
  z.string().min(min).max(max).refine(isStorable, STORABLE);

/** A value that the API itself issued and nobody reads: a token, a cursor. */
export const opaque = (min: number, max: number) =>
  z
    .string()
    .min(min)
    .max(max)
    .regex(/^[\x21-\x7e]*$/, { message: 'is not a value that this API gave you' });

/** Any JSON that the database can store, for fields whose shape their author decides. */
export const storableJson = () => z.unknown().refine(isStorableJson, STORABLE);

/** Entries by name, with a maximum number that is checked before any entry is. */
export const recordOf = <K extends z.ZodString, V extends z.ZodType>(key: K, value: V, most: number) =>
  z
    .record(key, value)
    .refine((entries) => Object.keys(entries).length <= most, { message: `has more than ${most} entries` })
    .meta({ maxProperties: most });

/** A web address without hidden characters. */
export const webAddress = (protocol: RegExp, message: string) =>
  z.url({ protocol, message }).max(2_000).refine(isPlainLine, PLAIN);

export const id = () => z.uuid().toLowerCase();

/** An e-mail address; compared and stored in lower case, its domain in ASCII. */
export const email = () =>
  z
    .string()
    .max(2 * MAX_EMAIL_LENGTH)
    .overwrite(normalizedEmail)
    .max(MAX_EMAIL_LENGTH)
    .refine(isEmail, { message: 'is not an e-mail address', params: { reason: 'invalid_format' } })
    .meta({ format: 'email' });

/** A username; compared and stored in lower case. */
export const username = () =>
  z
    .string()
    .max(2 * MAX_USERNAME_LENGTH)
    .overwrite(normalizedUsername)
    .refine(isUsername, {
      message:
        'is not a username: 2 to 64 letters and digits, with dots, dashes and underscores between them',
      params: { reason: 'invalid_format' },
    });

/** The code of a district, as people type it: in any case, with spaces or dashes. */
export const districtCode = () =>
  z
    .string()
    .max(20)
    .overwrite((typed) => typed.toUpperCase().replace(/[\s-]/g, ''))
    .regex(/^[A-Z0-9]{6}$/, { message: 'is not the code of a district: 6 letters and digits' });

/** A moment in RFC 3339 with an offset, parsed into a Date. */
export const moment = () =>
  z.iso
    .datetime({ offset: true, abort: true })
    .refine(
      (value) => {
        const year = new Date(value).getUTCFullYear();
        return year >= 1970 && year <= 9999;
      },
      { message: 'is not a date between 1970 and 9999' },
    )
    .transform((value) => new Date(value));

/** A canonical IANA time zone, in IANA's current spelling. */
export const timeZone = () =>
  z
    .string()
    .max(64)
    .superRefine((name, context) => {
      const problem = timeZoneProblem(name);
      if (problem !== null) context.addIssue({ code: 'custom', message: problem });
    })
    .overwrite(renamedTimeZone);

/**
 * Amounts of money in an answer, each with its description, together with their currency. `...money({
 * costMicros: 'What the calls cost' })`
 */
export const money = <K extends `${string}Micros`>(amounts: Readonly<Record<K, string>>) => ({
  ...(Object.fromEntries(
    Object.entries<string>(amounts).map(([name, what]) => [
      name,
      z.number().int().describe(`${what}, in millionths of \`currency\`.`),
    ]),
  ) as Record<K, z.ZodNumber>),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .describe('The ISO 4217 code of the currency of this installation: the setting `BILLING_CURRENCY`.'),
});
/** True if the token counts beside it are, or contain, an estimate. */
export const tokensEstimated = () =>
  z
    .boolean()
    .describe(
      'True if the provider did not count all of these tokens, so the numbers are partly an estimate.',
    );

/** Whole millionths of the currency in a request. */
export const micros = (what: string, most: number) =>
  z
    .number()
    .int()
    .min(0)
    .max(most)
    .describe(`${what}, in millionths of the currency of this installation (\`BILLING_CURRENCY\`).`);

/** A moment in an answer. */
export const timestamp = () => z.iso.datetime();

export const IdParams = z.strictObject({ id: id() });

/** What a client may do next and where: `{ "self": "/api/v1/groups/…" }`. */
export const links = <K extends string>(...names: [K, ...K[]]) =>
  z.object(Object.fromEntries(names.map((name) => [name, z.string()])) as Record<K, z.ZodString>);

/** What the user may do with the resource, so that a client can show its buttons: `{ "update": true }`. */
export const canSchema = <K extends string>(...names: [K, ...K[]]) =>
  z.object(Object.fromEntries(names.map((name) => [name, z.boolean()])) as Record<K, z.ZodBoolean>);

export const MAX_LIMIT = 100;
/** For higher page numbers the database would read too many rows; a cursor has no such cost. */
const MAX_PAGE = 10_000;

/**
 * The query of a list: `page` or `cursor`, `limit`, `sort` and the list's own filters.
 * @param sorts the names by which a client can sort, the default first (a leading `-` means descending)
 */
export function listQuery<const S extends readonly [string, ...string[]], F extends z.ZodRawShape>(
  sorts: S,
  filters: F,
) {
  const names = [...new Set(sorts.map((sort) => sort.replace(/^-/, '')))];
  const choices = names.flatMap((name) => [name, `-${name}`]);
  return z.strictObject({
    ...filters,
    page: z.coerce
      .number()
      .int()
      .min(1)
      .max(MAX_PAGE)
      .optional()
      .describe('The page number, starting at 1. Do not send it together with `cursor`.'),
    cursor: opaque(0, 4_000)
      .optional()
      .describe(
        '`nextCursor` of the previous page; empty for the first page. Answers have no page numbers and totals, but are equally fast at any depth.',
      ),
    limit: z.coerce
      .number()
      .int()
      .min(1)
      .max(MAX_LIMIT)
      .default(20)
      .describe('The number of items per page.'),
    sort: z
      .enum(choices as [string, ...string[]])
      .default(sorts[0])
      .describe('The field to sort by. A leading `-` reverses the order.'),
  });
}

/** `q`, the text to search for. */
export const search = () => text(1, 100).optional().describe('Only items that contain this text.');
/** `updatedSince`, for clients that keep a copy. */
export const updatedSince = () =>
  moment().optional().describe('Only items that changed at or after this time.');
/** `true` or `false` in a query string. */
export const queryFlag = () =>
  z
    .enum(['true', 'false'])
    // A query has only texts, but a client that is generated from the document sends a boolean.
    .meta({ type: 'boolean', enum: undefined })
    .transform((value) => value === 'true');
