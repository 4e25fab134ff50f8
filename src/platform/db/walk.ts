import { z } from 'zod';
import { raw, type Sql, sql } from './sql';

/**
 * LIMIT as a constant. A statement is planned once for all values: with a parameter the planner expects a tenth of all
 * rows, and reads whole tables to join them.
 */
export function limitTo(limit: number): Sql {
  if (!Number.isSafeInteger(limit) || limit < 1) throw new RangeError(`LIMIT ${limit}`);
  return raw(`LIMIT ${limit}`);
}

const Place = z.tuple([z.string(), z.string()]);

/** A moment, as the database writes it to the microsecond, and an id: the key of a walk along the index of both. */
export const MomentKeyRow = z.object({ at: z.string(), id: z.string() });
export type MomentKey = z.output<typeof MomentKeyRow>;

/** Where the page behind these keys begins, as a job remembers it; null if they were fewer than were asked for. */
export function nextOf(keys: readonly MomentKey[], limit: number): string | null {
  const last = keys.at(-1);
  return keys.length < limit || last === undefined ? null : JSON.stringify([last.at, last.id]);
}

/** Whether a row lies behind the page before in the order of the two columns; every row does, if there was none. */
export function isBehind(moment: Sql, id: Sql, cursor: string | null): Sql {
  if (cursor === null) return sql`TRUE`;
  const [at, last] = Place.parse(JSON.parse(cursor));
  return sql`(${moment}, ${id}) > (${at}::text::timestamptz, ${last}::uuid)`;
}
