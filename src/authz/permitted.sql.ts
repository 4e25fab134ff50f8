import { conditionSql, type Field } from '../platform/db/conditions';
import type { Sql } from '../platform/db/sql';
import { conditionFor, type Principal, type Subjects } from './ability';
import type { Action } from './actions';

/** Where a statement has the fields that rules look at. */
export type FieldsOf<T extends keyof Subjects> = { readonly [K in keyof Subjects[T]]?: Field };

/**
 * The rows on which the caller may do this, as a condition of SQL: the same rules that `can` asks about one object.
 * Nothing, if no rule lets them.
 */
export const permitted = <T extends keyof Subjects>(
  { ability }: Pick<Principal, 'ability'>,
  action: Action,
  type: T,
  fields: FieldsOf<T>,
): Sql => conditionSql(conditionFor(ability, action, type), fields);
