import { z } from 'zod';
import { Prisma } from '../../generated/prisma/client';
import { join, raw, type Sql } from './sql';

/** NULL, as models write it into a JSON column. */
export const NO_JSON = Prisma.DbNull;

/** A row of which only the id matters. */
export const IdRow = z.object({ id: z.string() });

/** A Prisma `select` of columns only: `{ id: true, groupId: true }`. */
export type ColumnSelect = Readonly<Record<string, true>>;

/** Raw rows have numbers where models have bigint or decimal. */
type RawValue<Value> = Value extends bigint | Prisma.Decimal ? number : Value;

/** The schema of raw rows with the columns of a model. Prisma derives their types. */
export type ModelRow<Payload> = z.ZodObject<{
  [Field in keyof Payload]: z.ZodType<RawValue<Payload[Field]>>;
}>;

/** The column of a model's field. A test checks this rule for every field. */
export const columnOf = (field: string): string =>
  field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The selected columns under their names in the model, for raw SQL: `t.group_id AS "groupId", …`. */
export function columnsOf(select: ColumnSelect, alias: string): Sql {
  return join(Object.keys(select).map((field) => raw(`${alias}.${columnOf(field)} AS "${field}"`)));
}

/**
 * The schema of rows with the selected columns. `Payload` is Prisma's type for the same select, such as
 * `Prisma.ToolGetPayload<{ select: typeof TOOL_COLUMNS }>`; `extend` adds what the statement computes.
 */
export function modelRow<Payload>(select: { readonly [Field in keyof Payload]: true }): ModelRow<Payload> {
  const isThere = z.custom((value) => value !== undefined);
  return z.object(
    Object.fromEntries(Object.keys(select).map((field) => [field, isThere])),
  ) as unknown as ModelRow<Payload>;
}
