import { z } from 'zod';

/** No NUL: PostgreSQL cannot store one. No lone surrogates: they cannot be written as UTF-8. */
const storable = (value: string): boolean => !value.includes('\0') && value.isWellFormed();

/** Text of a person: trimmed, with limits, storable. */
export const text = (min: number, max: number) =>
  z
    .string()
    .trim()
    .min(min)
    .max(max)
    .refine(storable, { message: 'contains a character that cannot be stored' });

/** Text that must stay as it was written, line breaks and spaces included. */
export const verbatim = (min: number, max: number) =>
  z.string().min(min).max(max).refine(storable, { message: 'contains a character that cannot be stored' });

export const id = () => z.uuid().toLowerCase();

/** An e-mail address; compared and stored in lower case. */
export const email = () => z.email().max(254).toLowerCase();

/** A moment, as RFC 3339 with an offset; handed on as a Date. */
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

/** A moment in an answer. */
export const timestamp = () => z.iso.datetime();

export const idParams = z.strictObject({ id: id() });

/** What a client may do next and where: `{ "self": "/api/v1/groups/…" }`. */
export const links = <K extends string>(...names: [K, ...K[]]) =>
  z.object(Object.fromEntries(names.map((name) => [name, z.string()])) as Record<K, z.ZodString>);

/** What this caller may do to the resource, so that a client can draw its buttons: `{ "update": true }`. */
export const can = <K extends string>(...names: [K, ...K[]]) =>
  z.object(Object.fromEntries(names.map((name) => [name, z.boolean()])) as Record<K, z.ZodBoolean>);

export const MAX_LIMIT = 100;
/** Beyond this, page numbers make the database walk too far; a cursor does not. */
const MAX_PAGE = 10_000;

/**
 * The query of a list: `page` or `cursor`, `limit`, `sort` and the list's own filters.
 * @param sorts the names one can sort by, the default first (with a leading `-` for descending).
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
      .describe('Page number, from 1. Not together with cursor.'),
    cursor: z
      .string()
      .max(4_000)
      .optional()
      .describe(
        'nextCursor of the page before; empty for the first. Without page numbers and totals, and as fast at any depth.',
      ),
    limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(20).describe('Items a page.'),
    sort: z
      .enum(choices as [string, ...string[]])
      .default(sorts[0])
      .describe('Field to sort by; a leading - turns the order round.'),
  });
}

/** `q`, the text to search for. */
export const search = () => text(1, 100).optional().describe('Only what contains this text.');
/** `updatedSince`, for clients that keep a copy. */
export const updatedSince = () => moment().optional().describe('Only what changed at or after this moment.');
/** `true` or `false` in a query string. */
export const queryFlag = () => z.enum(['true', 'false']).transform((value) => value === 'true');
