import { isDeepStrictEqual } from 'node:util';
import { decimalSum, multipleFrom } from './decimals';
import { sampleOf } from './pattern-sample';
import { compilePattern } from './patterns';
import { isSchema, listAt, merge, mergeConditional, numberAt, type Schema, schemaAt } from './schema-merge';

type Json = unknown;

/** Below this depth only required values are generated, because schemas may contain themselves. */
const OPTIONAL_DEPTH = 3;
/** Below this depth nothing is generated, whatever the schema says. */
const MAX_DEPTH = 12;
/** Values and characters of a whole sample: as much as a model could write in one answer. */
const MAX_VALUES = 2_000;
const MAX_CHARACTERS = 12_000;
const FILLER =
  'This is a sample text of the demo model. It shows where an answer will stand once an AI service is connected. ';

const FORMATS: Readonly<Record<string, string>> = {
  'date-time': '2026-01-15T09:30:00Z',
  date: '2026-01-15',
  time: '09:30:00Z',
  duration: 'PT45M',
  email: 'demo@example.org',
  'idn-email': 'demo@example.org',
  hostname: 'example.org',
  'idn-hostname': 'example.org',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uri: 'https://example.org/demo',
  'uri-reference': '/demo',
  iri: 'https://example.org/demo',
  'iri-reference': '/demo',
  'uri-template': 'https://example.org/{id}',
  uuid: '00000000-0000-4000-8000-000000000000',
  regex: '^demo$',
  'json-pointer': '/demo',
  'relative-json-pointer': '1/demo',
  byte: 'ZGVtbw==',
};

/** The schema requires more than any sample may hold. */
export class SampleTooLargeError extends Error {}

/**
 * Generates one value that matches a JSON Schema (draft 7) as far as reading it can tell, always the same
 * one.
 * @throws SampleTooLargeError
 */
export function sampleOfSchema(schema: Schema): Json {
  try {
    return new Sampler(schema, OPTIONAL_DEPTH).sample(schema, 0, 'answer');
  } catch (error) {
    if (!(error instanceof SampleTooLargeError)) throw error;
    // The required values alone may be small enough.
    return new Sampler(schema, 0).sample(schema, 0, 'answer');
  }
}

class Sampler {
  private values = 0;
  private characters = 0;

  constructor(
    private readonly root: Schema,
    private readonly optionalDepth: number,
  ) {}

  sample(given: unknown, depth: number, label: string): Json {
    this.spend(0);
    if (!isSchema(given) || depth > MAX_DEPTH) return null;
    const schema = this.flatten(given, 0);
    for (const key of ['const', 'default']) if (Object.hasOwn(schema, key)) return this.given(schema[key]);
    const [choice] = [...listAt(schema, 'enum'), ...listAt(schema, 'examples')];
    if (choice !== undefined) return this.given(choice);
    switch (typeOf(schema)) {
      case 'object':
        return this.object(schema, depth);
      case 'array':
        return this.array(schema, depth, label);
      case 'string':
        return this.text(schema, label);
      case 'integer':
      case 'number':
        return numberFor(schema);
      case 'boolean':
        return true;
      default:
        return null;
    }
  }

  private spend(characters: number): void {
    this.values += 1;
    this.characters += characters;
    if (this.values > MAX_VALUES || this.characters > MAX_CHARACTERS) throw new SampleTooLargeError();
  }

  /** A value that the schema itself gives. */
  private given(value: Json): Json {
    this.spend(JSON.stringify(value)?.length ?? 0);
    return value;
  }

  /** Follows references and merges in the first alternative, which gives one schema without combinators. */
  private flatten(schema: Schema, hops: number): Schema {
    this.spend(0);
    if (hops > MAX_DEPTH) return {};
    const { allOf: _all, anyOf: _any, oneOf: _one, $ref: reference, ...plain } = schema;
    const parts = [
      typeof reference === 'string' ? this.resolve(reference) : null,
      ...listAt(schema, 'allOf'),
      listAt(schema, 'anyOf')[0],
      listAt(schema, 'oneOf')[0],
      mergeConditional(schema),
    ];
    return parts
      .filter(isSchema)
      .reduce((merged: Schema, part) => merge(merged, this.flatten(part, hops + 1)), plain);
  }

  private resolve(reference: string): Schema {
    const path = decodeURIComponent(reference.replace(/^#\/?/, ''))
      .split('/')
      .filter((part) => part !== '')
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
    const found = path.reduce<unknown>(
      (at, part) =>
        typeof at === 'object' && at !== null && Object.hasOwn(at, part) ? (at as Schema)[part] : undefined,
      this.root,
    );
    return isSchema(found) ? found : {};
  }

  private object(schema: Schema, depth: number): Json {
    const properties = schemaAt(schema, 'properties') ?? {};
    const required = listAt(schema, 'required').filter((key) => typeof key === 'string');
    const optional =
      depth < this.optionalDepth ? Object.keys(properties).filter((key) => properties[key] !== false) : [];
    const result = new Map<string, Json>();
    for (const key of new Set([...required, ...optional])) {
      this.spend(key.length);
      result.set(key, this.sample(this.propertySchema(schema, properties, key), depth + 1, key));
    }
    const least = numberAt(schema, 'minProperties') ?? 0;
    for (let n = 1; result.size < least; n += 1)
      result.set(`item${n}`, this.sample(schema.additionalProperties ?? {}, depth + 1, `item ${n}`));
    return Object.fromEntries(result);
  }

  private propertySchema(schema: Schema, properties: Schema, key: string): unknown {
    if (Object.hasOwn(properties, key)) return properties[key] === true ? {} : properties[key];
    const patterns = schemaAt(schema, 'patternProperties') ?? {};
    const pattern = Object.keys(patterns).find((each) => compilePattern(each).test(key));
    return pattern === undefined ? (schema.additionalProperties ?? {}) : patterns[pattern];
  }

  private array(schema: Schema, depth: number, label: string): Json[] {
    const least = numberAt(schema, 'minItems') ?? 0;
    const most = numberAt(schema, 'maxItems') ?? Number.MAX_SAFE_INTEGER;
    const wanted = Math.min(Math.max(least, depth < this.optionalDepth ? 2 : 0), most);
    const items: Json[] = [];
    for (let n = 0; n < wanted; n += 1) {
      const itemSchema = itemSchemaOf(schema, n);
      if (itemSchema === false) break;
      const item = this.sample(itemSchema, depth + 1, `${label} ${n + 1}`);
      const isRepeat = schema.uniqueItems === true && items.some((other) => isDeepStrictEqual(other, item));
      const fresh = isRepeat ? this.another(itemSchema, items) : item;
      if (fresh === undefined) break;
      items.push(fresh);
    }
    return items;
  }

  /**
   * Returns a value that the list does not contain yet: the next of an enumeration, the next number, a
   * numbered text.
   */
  private another(given: unknown, taken: readonly Json[]): Json {
    if (!isSchema(given)) return undefined;
    const schema = this.flatten(given, 0);
    const isTaken = (value: Json) => taken.some((other) => isDeepStrictEqual(other, value));
    const choices = listAt(schema, 'enum');
    if (choices.length > 0) return choices.find((value) => !isTaken(value));
    const first = this.sample(schema, this.optionalDepth, 'item');
    if (typeof first === 'number') {
      const next = first + taken.length * (numberAt(schema, 'multipleOf') ?? 1);
      return next <= (numberAt(schema, 'maximum') ?? Number.MAX_SAFE_INTEGER) ? next : undefined;
    }
    if (typeof first === 'boolean') return isTaken(!first) ? undefined : !first;
    return undefined;
  }

  private text(schema: Schema, label: string): string {
    const least = numberAt(schema, 'minLength') ?? 0;
    const most = numberAt(schema, 'maxLength') ?? MAX_CHARACTERS;
    const { format, pattern } = schema;
    this.spend(least);
    if (typeof pattern === 'string') {
      const match = sampleOf(pattern, least, most) ?? '';
      this.spend(match.length);
      return match;
    }
    const example = typeof format === 'string' ? FORMATS[format] : undefined;
    if (example !== undefined) return example;
    const start = `Demo text for ${label}.`;
    const value =
      start.length < least ? `${start} ${FILLER.repeat(Math.ceil(least / FILLER.length))}` : start;
    const text = value.slice(0, Math.max(Math.min(most, Math.max(least, start.length)), 0)).trimEnd();
    this.spend(text.length);
    return text.padEnd(Math.min(least, most), '.');
  }
}

function itemSchemaOf(schema: Schema, index: number): unknown {
  const { items } = schema;
  if (!Array.isArray(items)) return items ?? {};
  return index < items.length ? items[index] : (schema.additionalItems ?? {});
}

function typeOf(schema: Schema): string {
  const type = Array.isArray(schema.type)
    ? (schema.type.find((each) => each !== 'null') ?? 'null')
    : schema.type;
  if (typeof type === 'string') return type;
  const has = (...keywords: string[]) => keywords.some((keyword) => Object.hasOwn(schema, keyword));
  if (has('properties', 'patternProperties', 'required', 'additionalProperties', 'minProperties'))
    return 'object';
  if (has('items', 'minItems')) return 'array';
  if (has('minimum', 'maximum', 'multipleOf', 'exclusiveMinimum', 'exclusiveMaximum')) return 'number';
  return 'string';
}

function numberFor(schema: Schema): number {
  const isInteger = typeOf(schema) === 'integer';
  const own = numberAt(schema, 'multipleOf') ?? 0;
  const step = isInteger ? wholeStep(own) : own;
  const [over, under] = [numberAt(schema, 'exclusiveMinimum'), numberAt(schema, 'exclusiveMaximum')];
  const least = Math.max(numberAt(schema, 'minimum') ?? -Infinity, over ?? -Infinity);
  const most = Math.min(numberAt(schema, 'maximum') ?? Infinity, under ?? Infinity);
  const isFine = (value: number) =>
    Number.isFinite(value) && value >= least && value <= most && value !== over && value !== under;
  if (step === 0) return [1, least, most, (least + most) / 2, least + 1, most - 1].find(isFine) ?? 1;
  const base = Number.isFinite(least)
    ? multipleFrom(least, step)
    : Number.isFinite(most)
      ? -multipleFrom(-most, step)
      : step;
  return [step, base, decimalSum(base, step), decimalSum(base, -step)].find(isFine) ?? base;
}

/** The least whole number that is a multiple of a step: 5 for a step of 2.5. */
function wholeStep(step: number): number {
  if (step === 0) return 1;
  for (let times = 1; times <= 1_000; times += 1) {
    const sum = Number((step * times).toPrecision(15));
    if (Number.isInteger(sum)) return sum;
  }
  return 1;
}
