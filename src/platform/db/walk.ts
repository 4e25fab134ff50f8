import { z } from 'zod';
import { raw, type Sql, sql } from './sql';

/**
 * LIMIT as a constant. A named statement has one plan for all values: with a parameter, the planner expects
 * a tenth of all rows and reads whole tables to join them.
 */
export function limitTo(limit: number): Sql {
  if (!Number.isSafeInteger(limit) || limit < 1) throw new RangeError(`LIMIT ${limit}`);
  return raw(`LIMIT ${limit}`);
}

/**
 * A condition that most rows fulfil. The planner takes a permission by path to match one row in a thousand, and would read and
 * sort everything to find it, rather than follow an index until the page is full.
 */
export const likely = (condition: Sql): Sql => sql`CASE WHEN ${condition} THEN TRUE ELSE FALSE END`;

const Place = z.tuple([z.string(), z.string()]);

/** The key of a walk along an index: a moment, as the database writes it to the microsecond, and an id. */
export const MomentKeyRow = z.object({ at: z.string(), id: z.string() });
export type MomentKey = z.output<typeof MomentKeyRow>;

/**
 * The key after which the next page begins, as a job stores it; null if there were fewer keys than
 * requested.
 */
export function nextOf(keys: readonly MomentKey[], limit: number): string | null {
  const last = keys.at(-1);
  return keys.length < limit || last === undefined ? null : JSON.stringify([last.at, last.id]);
}

/**
 * Whether a row comes after the previous page in the order of the two columns. Without a cursor every row
 * does.
 */
export function isBehind(moment: Sql, id: Sql, cursor: string | null): Sql {
  if (cursor === null) return sql`TRUE`;
  const [at, last] = Place.parse(JSON.parse(cursor));
  return sql`(${moment}, ${id}) > (${at}::text::timestamptz, ${last}::uuid)`;
}
