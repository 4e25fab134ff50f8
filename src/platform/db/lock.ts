import type { Prisma } from '../../generated/prisma/client';
import { type ColumnSelect, columnOf, columnsOf } from './columns';
import { join, raw, type Sql, sql } from './sql';

/**
 * How strongly a row is locked, in PostgreSQL's words. `NO KEY UPDATE` lets others insert rows that refer
 * to it, and `SHARE` lets others lock it the same way; neither lets them change it.
 */
export type LockStrength = 'UPDATE' | 'NO KEY UPDATE' | 'SHARE';

/** What Prisma's client knows about its models: the names of their tables. */
interface RuntimeClient {
  _runtimeDataModel: { models: Record<string, { dbName: string | null }> };
}

interface LockArgs {
  where: Readonly<Record<string, unknown>>;
  select: ColumnSelect;
  strength?: LockStrength;
}

/** The table of a model. */
export function tableOf(client: unknown, model: string): string {
  const table = (client as RuntimeClient)._runtimeDataModel.models[model]?.dbName;
  if (!table) throw new Error(`Prisma knows no table of the model ${model}.`);
  return table;
}

/** Each column equal to its value, or null. */
export function conditionsOf(where: Readonly<Record<string, unknown>>): Sql[] {
  return Object.entries(where).map(([field, value]) =>
    value === null ? sql`${raw(columnOf(field))} IS NULL` : sql`${raw(columnOf(field))} = ${value}`,
  );
}

/**
 * The statement that locks the rows with these values and reads the selected columns, by their names in the
 * model.
 */
export function lockStatement(client: unknown, model: string, { where, select, strength }: LockArgs): Sql {
  const table = tableOf(client, model);
  return sql`SELECT ${columnsOf(select, table)}
             FROM ${raw(table)}
             WHERE ${join(conditionsOf(where), ' AND ')}
             FOR ${raw(strength ?? 'UPDATE')}`;
}

/** The scalar fields of a model by which rows are selected: equal to a value, or null. */
export type ScalarValues<T> = Partial<Prisma.Result<T, Record<never, never>, 'findFirstOrThrow'>>;
