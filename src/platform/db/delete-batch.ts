import { columnOf } from './columns';
import { conditionsOf, tableOf } from './lock';
import { join, raw, type Sql, sql } from './sql';
import { limitTo } from './walk';

interface BatchArgs {
  where: Readonly<Record<string, unknown>>;
  olderThan: Readonly<Record<string, unknown>>;
  limit: number;
}

/**
 * The statement that deletes the oldest rows. It is raw because the planner has to see the limit (ADR 48),
 * and because it skips rows that another transaction has locked.
 */
export function deleteBatchStatement(
  client: unknown,
  model: string,
  { where, olderThan, limit }: BatchArgs,
): Sql {
  const table = raw(tableOf(client, model));
  const moments = Object.entries(olderThan);
  const [field] = moments[0] ?? [];
  if (field === undefined || moments.length > 1) throw new Error('Old is what one moment says.');
  const isOld = moments.map(([each, value]) => sql`${raw(columnOf(each))} < ${value}`);
  return sql`WITH old AS (
               SELECT id
               FROM ${table}
               WHERE ${join([...conditionsOf(where), ...isOld], ' AND ')}
               ORDER BY ${raw(columnOf(field))}
               ${limitTo(limit)}
               FOR UPDATE SKIP LOCKED)
             DELETE FROM ${table} t
             USING old
             WHERE t.id = old.id`;
}
