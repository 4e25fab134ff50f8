import { buildMongoQueryMatcher } from '@casl/ability';
import {
  $and,
  $or,
  and,
  type FieldCondition,
  type FieldInstruction,
  type JsInterpreter,
  or,
} from '@ucast/mongo2js';
import { isAboveAny, isWithinAny } from './access';

type Item<V> = V extends readonly (infer E)[] ? E : V;

interface Comparison<V> {
  $eq?: V;
  $ne?: V;
  $in?: readonly V[];
}

interface PathComparison {
  /** At or below one of these paths. If there are several values, one is enough. */
  $within?: readonly string[];
  /** At or above one of these paths. If there are several values, one is enough. */
  $above?: readonly string[];
  /** There are values, and each is at or below one of these paths. */
  $allWithin?: readonly string[];
  $regex?: RegExp;
}

type Test<V> = V | (Comparison<V> & ([Extract<V, string>] extends [never] ? unknown : PathComparison));

/**
 * What an object must be like, as data in CASL's condition language (MongoDB's), with operators for paths
 * of the tree. Every object meets `{}`. A field with several values meets a test if one of them does.
 */
export type Conditions<T> = { readonly [K in keyof T]?: Test<Item<T[K]>> } & {
  readonly $and?: readonly Conditions<T>[];
  readonly $or?: readonly Conditions<T>[];
};

/** Paths of groups below another group, which are no tenants. */
export const NOT_A_ROOT = /\./;
/** Paths of tenants. */
export const A_ROOT = /^[^.]+$/;

const paths: FieldInstruction<readonly string[]> = {
  type: 'field',
  validate({ name }, value) {
    if (!Array.isArray(value)) throw new TypeError(`"${name}" expects a list of paths`);
  },
};

/** The values of a field: several, one, or none. */
const valuesOf = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? value : value === null || value === undefined ? [] : [value]) as string[];

type Paths = JsInterpreter<FieldCondition<readonly string[]>>;
const within: Paths = (test, object, context) =>
  valuesOf(context.get(object, test.field)).some((path) => isWithinAny(path, test.value));
const above: Paths = (test, object, context) =>
  valuesOf(context.get(object, test.field)).some((path) => isAboveAny(path, test.value));
const allWithin: Paths = (test, object, context) => {
  const values = valuesOf(context.get(object, test.field));
  return values.length > 0 && values.every((path) => isWithinAny(path, test.value));
};

/** Evaluates conditions for objects. `platform/db/conditions` does the same for rows. */
export const conditionsMatcher = buildMongoQueryMatcher(
  { $and, $or, $within: paths, $above: paths, $allWithin: paths },
  { and, or, within, above, allWithin },
);
