import { isDeepStrictEqual } from 'node:util';
import { demoMatch } from './ai.demo-pattern';

type Schema = Record<string, unknown>;
type Json = unknown;

/** Beyond this depth only what is required is made: schemas may contain themselves. */
const OPTIONAL_DEPTH = 3;
/** And beyond this one nothing more, whatever the schema says. */
const MAX_DEPTH = 12;
const FILLER =
  'This is a sample text of the demo model. It shows where an answer will stand once an AI service is connected. ';

const FORMATS: Readonly<Record<string, string>> = {
  'date-time': '2026-01-15T09:30:00Z',
  date: '2026-01-15',
  time: '09:30:00Z',
  duration: 'PT45M',
  email: 'demo@example.org',
  hostname: 'example.org',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uri: 'https://example.org/demo',
  'uri-reference': '/demo',
  'uri-template': 'https://example.org/{id}',
  url: 'https://example.org/demo',
  uuid: '00000000-0000-4000-8000-000000000000',
  regex: '^demo$',
  'json-pointer': '/demo',
  'relative-json-pointer': '1/demo',
};

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const schemaAt = (schema: Schema, key: string): Schema | null => (isSchema(schema[key]) ? schema[key] : null);
const listAt = (schema: Schema, key: string): unknown[] => (Array.isArray(schema[key]) ? schema[key] : []);
const numberAt = (schema: Schema, key: string): number | undefined =>
  typeof schema[key] === 'number' ? schema[key] : undefined;

/** One value that is valid against a JSON Schema (draft 7), always the same one. */
export function demoInstance(schema: Record<string, unknown>): Json {
  return new Maker(schema).make(schema, 0, 'answer');
}

class Maker {
  constructor(private readonly root: Schema) {}

  make(given: unknown, depth: number, label: string): Json {
    if (!isSchema(given) || depth > MAX_DEPTH) return null;
    const schema = this.flatten(given, 0);
    for (const key of ['const', 'default']) if (key in schema) return schema[key];
    const [choice] = [...listAt(schema, 'enum'), ...listAt(schema, 'examples')];
    if (choice !== undefined) return choice;
    switch (typeOf(schema)) {
      case 'object':
        return this.object(schema, depth);
      case 'array':
        return this.array(schema, depth, label);
      case 'string':
        return text(schema, label);
      case 'integer':
      case 'number':
        return number(schema);
      case 'boolean':
        return true;
      default:
        return null;
    }
  }

  /** References followed, and the first alternative merged in: one schema without combinators. */
  private flatten(schema: Schema, hops: number): Schema {
    if (hops > MAX_DEPTH) return {};
    if (typeof schema.$ref === 'string') return this.flatten(this.resolve(schema.$ref), hops + 1);
    const { allOf: _all, anyOf: _any, oneOf: _one, ...plain } = schema;
    const parts = [
      ...listAt(schema, 'allOf'),
      listAt(schema, 'anyOf')[0],
      listAt(schema, 'oneOf')[0],
      conditional(schema),
    ];
    return parts
      .filter(isSchema)
      .reduce((merged: Schema, part) => merge(merged, this.flatten(part, hops + 1)), plain);
  }

  private resolve(reference: string): Schema {
    const path = decodeURIComponent(reference.replace(/^#\/?/, ''))
      .split('/')
      .filter((part) => part !== '');
    const found = path.reduce<unknown>(
      (at, part) => (at as Schema | undefined)?.[part.replaceAll('~1', '/').replaceAll('~0', '~')],
      this.root,
    );
    return isSchema(found) ? found : {};
  }

  private object(schema: Schema, depth: number): Json {
    const properties = schemaAt(schema, 'properties') ?? {};
    const required = listAt(schema, 'required').filter((key) => typeof key === 'string');
    const optional =
      depth < OPTIONAL_DEPTH ? Object.keys(properties).filter((key) => properties[key] !== false) : [];
    const keys = [...new Set([...required, ...optional])];
    const entries = keys.map((key) => [
      key,
      this.make(this.propertySchema(schema, properties, key), depth + 1, key),
    ]);
    const result: Record<string, Json> = Object.fromEntries(entries);
    for (
      let n = 1;
      Object.keys(result).length < (numberAt(schema, 'minProperties') ?? 0) && n < 100;
      n += 1
    ) {
      result[`item${n}`] = this.make(schema.additionalProperties, depth + 1, `item ${n}`);
    }
    return result;
  }

  private propertySchema(schema: Schema, properties: Schema, key: string): unknown {
    if (key in properties) return properties[key] === true ? { type: 'string' } : properties[key];
    const patterns = schemaAt(schema, 'patternProperties') ?? {};
    const pattern = Object.keys(patterns).find((each) => new RegExp(each, 'u').test(key));
    return pattern === undefined ? (schema.additionalProperties ?? { type: 'string' }) : patterns[pattern];
  }

  private array(schema: Schema, depth: number, label: string): Json[] {
    const least = numberAt(schema, 'minItems') ?? 0;
    const most = numberAt(schema, 'maxItems') ?? Number.MAX_SAFE_INTEGER;
    const wanted = Math.min(Math.max(least, depth < OPTIONAL_DEPTH ? 2 : 0), most, 200);
    const items: Json[] = [];
    for (let n = 0; n < wanted; n += 1) {
      const item = this.make(this.itemSchema(schema, n), depth + 1, `${label} ${n + 1}`);
      const isRepeat = schema.uniqueItems === true && items.some((other) => isDeepStrictEqual(other, item));
      const fresh = isRepeat ? this.another(this.itemSchema(schema, n), items) : item;
      if (fresh === undefined) break;
      items.push(fresh);
    }
    return items;
  }

  private itemSchema(schema: Schema, index: number): unknown {
    const items = schema.items;
    if (Array.isArray(items)) return items[index] ?? schema.additionalItems ?? { type: 'string' };
    return items ?? { type: 'string' };
  }

  /** A value that the list does not hold yet: the next of an enumeration, the next number, a numbered text. */
  private another(given: unknown, taken: readonly Json[]): Json {
    if (!isSchema(given)) return undefined;
    const schema = this.flatten(given, 0);
    const isTaken = (value: Json) => taken.some((other) => isDeepStrictEqual(other, value));
    const choices = listAt(schema, 'enum');
    if (choices.length > 0) return choices.find((value) => !isTaken(value));
    const first = this.make(schema, OPTIONAL_DEPTH, 'item');
    if (typeof first === 'number') {
      const next = first + taken.length * (numberAt(schema, 'multipleOf') ?? 1);
      return next <= (numberAt(schema, 'maximum') ?? Number.MAX_SAFE_INTEGER) ? next : undefined;
    }
    if (typeof first === 'boolean') return isTaken(!first) ? undefined : !first;
    return undefined;
  }
}

/** What an if/then/else comes down to where nothing is known yet: the then branch with its condition. */
function conditional(schema: Schema): Schema | null {
  const condition = schemaAt(schema, 'if');
  const then = schemaAt(schema, 'then');
  if (condition === null) return null;
  return then === null ? null : merge(condition, then);
}

function merge(one: Schema, other: Schema): Schema {
  const merged: Schema = { ...one, ...other };
  if (isSchema(one.properties) && isSchema(other.properties)) {
    merged.properties = { ...one.properties };
    for (const [key, value] of Object.entries(other.properties)) {
      const known = one.properties[key];
      (merged.properties as Schema)[key] = isSchema(known) && isSchema(value) ? merge(known, value) : value;
    }
  }
  if (Array.isArray(one.required) && Array.isArray(other.required))
    merged.required = [...one.required, ...other.required];
  for (const [key, choose] of [
    ['minimum', Math.max],
    ['minLength', Math.max],
    ['minItems', Math.max],
    ['maximum', Math.min],
    ['maxLength', Math.min],
    ['maxItems', Math.min],
  ] as const) {
    const [a, b] = [numberAt(one, key), numberAt(other, key)];
    if (a !== undefined && b !== undefined) merged[key] = choose(a, b);
  }
  return merged;
}

function typeOf(schema: Schema): string {
  const type = Array.isArray(schema.type)
    ? (schema.type.find((each) => each !== 'null') ?? 'null')
    : schema.type;
  if (typeof type === 'string') return type;
  if ('properties' in schema || 'required' in schema || 'additionalProperties' in schema) return 'object';
  if ('items' in schema || 'minItems' in schema) return 'array';
  if ('minimum' in schema || 'maximum' in schema || 'multipleOf' in schema || 'exclusiveMinimum' in schema)
    return 'number';
  return 'string';
}

function text(schema: Schema, label: string): string {
  const least = numberAt(schema, 'minLength') ?? 0;
  const most = numberAt(schema, 'maxLength') ?? 10_000;
  const { format, pattern } = schema;
  if (typeof pattern === 'string') return demoMatch(pattern, least, most);
  if (typeof format === 'string' && FORMATS[format] !== undefined) return FORMATS[format];
  let value = `Demo text for ${label}.`;
  while (value.length < least) value += ` ${FILLER}`;
  return value.slice(0, Math.max(most, 0)).padEnd(Math.min(least, most), '.');
}

function number(schema: Schema): number {
  const isInteger = typeOf(schema) === 'integer';
  const step = numberAt(schema, 'multipleOf') ?? (isInteger ? 1 : 0);
  const [over, under] = [numberAt(schema, 'exclusiveMinimum'), numberAt(schema, 'exclusiveMaximum')];
  const least = Math.max(
    numberAt(schema, 'minimum') ?? Number.NEGATIVE_INFINITY,
    over ?? Number.NEGATIVE_INFINITY,
  );
  const most = Math.min(
    numberAt(schema, 'maximum') ?? Number.POSITIVE_INFINITY,
    under ?? Number.POSITIVE_INFINITY,
  );
  const isFine = (value: number) => value >= least && value <= most && value !== over && value !== under;
  if (step === 0)
    return (
      [1, least, most, (least + most) / 2, least + 1, most - 1].find(
        (value) => Number.isFinite(value) && isFine(value),
      ) ?? 1
    );
  const base = Number.isFinite(least)
    ? Math.ceil(least / step) * step
    : Number.isFinite(most)
      ? Math.floor(most / step) * step
      : step;
  return [step, base, base + step, base - step].find(isFine) ?? base;
}
