import {
  type AnyInterpreter,
  type CompoundCondition,
  type Condition,
  createInterpreter,
  type FieldCondition,
} from '@ucast/core';
import { isAbove, isWithin } from './ltree';
import { join, raw, type Sql, sql } from './sql';

/** Where a statement has a field of a condition. */
export interface Field {
  type: 'uuid' | 'text' | 'boolean' | 'ltree';
  /** Returns the condition that the field's value passes `test`; if it has several values, one is enough. */
  readonly some: (test: (value: Sql) => Sql) => Sql;
}

const field =
  (type: Field['type']) =>
  (column: Sql): Field => ({ type, some: (test) => test(column) });

/** Columns and expressions for a condition's fields, by type. */
export const uuidField = field('uuid');
export const textField = field('text');
export const booleanField = field('boolean');
export const pathField = field('ltree');

/** An id field that matches no row. */
export const NO_ID = uuidField(sql`'00000000-0000-0000-0000-000000000000'::uuid`);

/**
 * A field with a value in each row of `from`, which is a FROM clause with a WHERE that refers to the outer
 * row.
 */
export const manyField = (type: Field['type'], value: Sql, from: Sql): Field => ({
  type,
  some: (test) => sql`EXISTS (SELECT FROM ${from} AND ${test(value)})`,
});

const ALWAYS = sql`TRUE`;
const NEVER = sql`FALSE`;

type Fields = Readonly<Record<string, Field | undefined>>;
type Context = { interpret(condition: Condition, fields: Fields): Sql };

/**
 * @throws Error if the statement does not have the field: a bug of the feature, not a mistake of the caller
 */
function fieldOf({ field: name, operator }: FieldCondition, fields: Fields): Field {
  const found = fields[name];
  if (found === undefined)
    throw new Error(`No column for the field "${name}" of the condition "${operator}"`);
  return found;
}

const anyOf = (conditions: readonly Sql[]): Sql => {
  const possible = conditions.filter((each) => each !== NEVER);
  if (possible.includes(ALWAYS)) return ALWAYS;
  if (possible.length < 2) return possible[0] ?? NEVER;
  return sql`(${join(possible, ' OR ')})`;
};

const allOf = (conditions: readonly Sql[]): Sql => {
  const needed = conditions.filter((each) => each !== ALWAYS);
  if (needed.includes(NEVER)) return NEVER;
  if (needed.length < 2) return needed[0] ?? ALWAYS;
  return sql`(${join(needed, ' AND ')})`;
};

const equals = (value: Sql, wanted: unknown, type: Field['type']): Sql => {
  if (wanted === null || wanted === undefined) return sql`${value} IS NULL`;
  if (type === 'boolean') return wanted === true ? value : sql`NOT ${value}`;
  return sql`${value} = ${wanted}::${raw(type)}`;
};

const byPaths =
  (compare: (path: Sql, paths: readonly string[]) => Sql) =>
  (condition: FieldCondition<readonly string[]>, fields: Fields): Sql =>
    condition.value.length === 0
      ? NEVER
      : fieldOf(condition, fields).some((path) => compare(path, condition.value));

const interpret = createInterpreter<AnyInterpreter>({
  and: ({ value }: CompoundCondition, fields: Fields, context: Context) =>
    allOf(value.map((each) => context.interpret(each, fields))),
  or: ({ value }: CompoundCondition, fields: Fields, context: Context) =>
    anyOf(value.map((each) => context.interpret(each, fields))),
  eq: (condition: FieldCondition, fields: Fields) => {
    const { type, some } = fieldOf(condition, fields);
    return some((value) => equals(value, condition.value, type));
  },
  ne: (condition: FieldCondition, fields: Fields) => {
    const { type, some } = fieldOf(condition, fields);
    return some((value) => sql`${value} IS DISTINCT FROM ${condition.value}::${raw(type)}`);
  },
  in: (condition: FieldCondition<readonly unknown[]>, fields: Fields) => {
    if (condition.value.length === 0) return NEVER;
    const { type, some } = fieldOf(condition, fields);
    return some((value) => sql`${value} = ANY(${[...condition.value]}::${raw(type)}[])`);
  },
  regex: (condition: FieldCondition<RegExp>, fields: Fields) =>
    fieldOf(condition, fields).some((value) => sql`${value}::text ~ ${condition.value.source}`),
  within: byPaths(isWithin),
  above: byPaths(isAbove),
  allWithin: (condition: FieldCondition<readonly string[]>, fields: Fields) => {
    if (condition.value.length === 0) return NEVER;
    const { some } = fieldOf(condition, fields);
    const isOutside = some((path) => sql`NOT ${isWithin(path, condition.value)}`);
    return sql`(${some(() => ALWAYS)} AND NOT ${isOutside})`;
  },
});

/**
 * Turns a condition into SQL. `null` means that no rule allows the action: it matches no row, whatever it
 * is combined with.
 * @param fields where the statement has the fields of the condition
 */
export const conditionSql = (condition: Condition | null, fields: Fields): Sql =>
  condition === null ? NEVER : (interpret as (of: Condition, fields: Fields) => Sql)(condition, fields);
