import { empty, join, raw, type Sql, sql } from '../../../platform/db/sql';
import { limitTo } from '../../../platform/db/walk';

/** A part of the key by which rows are ordered. Each row has a different key, and a key never changes. */
export interface KeyPart {
  value: Sql;
  type: 'uuid' | 'integer' | 'bigint';
}

/** Keys in order, read along one index. They are the columns `k0`, `k1`… of the relation `w`. */
export interface Walk {
  /** The types of the parts of a key. */
  types: readonly KeyPart['type'][];
  /** The next `limit` keys after `after`. */
  keys(after: readonly string[] | null, limit: number): Sql;
}

const values = (types: readonly KeyPart['type'][], after: readonly string[]): Sql[] =>
  types.map((type, i) => sql`${after[i]}::text::${raw(type)}`);

interface Indexed {
  from: Sql;
  /** Equality conditions on the index columns before those of the key. */
  where: Sql;
  key: readonly KeyPart[];
}

/** Keys of one table with an index on the columns of `where`, followed by those of `key`. */
export function alongIndex({ from, where, key }: Indexed): Walk {
  const parts = key.map(({ value }) => value);
  const types = key.map(({ type }) => type);
  const columns = parts.map((value, i) => sql`${value} AS ${raw(`k${i}`)}`);
  return {
    types,
    keys: (after, limit) => sql`SELECT ${join(columns)}
      FROM ${from}
      WHERE ${where}
        ${after === null ? empty : sql`AND (${join(parts)}) > (${join(values(types, after))})`}
      ORDER BY ${join(parts)}
      ${limitTo(limit)}`,
  };
}

interface Nested {
  /** The owners of the rows, by id: a table with an index on the columns of `where`, followed by `id`. */
  outer: { from: Sql; where: Sql; id: Sql };
  /**
   * The rows of one owner (whose id is `o.k0`): a table with an index on `owner`, followed by the columns
   * of `key`.
   */
  inner: { from: Sql; owner: Sql; where?: Sql; key: readonly KeyPart[] };
}

/**
 * Keys of rows that belong to owners, one owner after the other; the first part of a key is the owner's id.
 */
export function ownerByOwner({ outer, inner }: Nested): Walk {
  const parts = inner.key.map(({ value }) => value);
  const types = ['uuid' as const, ...inner.key.map(({ type }) => type)];
  const columns = parts.map((value, i) => sql`${value} AS ${raw(`k${i + 1}`)}`);
  return {
    types,
    keys: (after, limit) => {
      const [first, ...rest] = after === null ? [] : values(types, after);
      const from = first === undefined ? empty : sql`AND ${outer.id} >= ${first}`;
      const behind =
        first === undefined
          ? empty
          : sql`AND (${join([inner.owner, ...parts])}) > (${join([first, ...rest])})`;
      return sql`SELECT o.k0, i.*
        FROM (
          SELECT ${outer.id} AS k0
          FROM ${outer.from}
          WHERE ${outer.where} ${from}
          ORDER BY 1) o
        CROSS JOIN LATERAL (
          SELECT ${join(columns)}
          FROM ${inner.from}
          WHERE ${inner.owner} = o.k0
            ${inner.where === undefined ? empty : sql`AND ${inner.where}`} ${behind}
          ORDER BY ${join(parts)}
          ${limitTo(limit)}) i
        ORDER BY ${raw(types.map((_, i) => i + 1).join(', '))}
        ${limitTo(limit)}`;
    },
  };
}
