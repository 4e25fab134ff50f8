import { conditionSql, type Field } from '../platform/db/conditions';
import type { Sql } from '../platform/db/sql';
import { conditionFor, type Principal, type Subjects } from './ability';
import type { Action } from './actions';

/** Where a statement has the fields that rules check. */
export type FieldsOf<T extends keyof Subjects> = { readonly [K in keyof Subjects[T]]?: Field };

/**
 * The rows on which the caller may do this, as an SQL condition: the same rules that `can` checks for one
 * object. It matches nothing if no rule allows the action.
 */
export const permitted = <T extends keyof Subjects>(
  { ability }: Pick<Principal, 'ability'>,
  action: Action,
  type: T,
  fields: FieldsOf<T>,
): Sql => conditionSql(conditionFor(ability, action, type), fields);
