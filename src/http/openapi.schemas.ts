import { z } from 'zod';

export type JsonSchema = Record<string, unknown>;

const DEFS = '#/$defs/';
const COMPONENTS = '#/components/schemas/';
/** Formats that need no regular expression: Zod adds one, which only fills the page. */
const CLEAR_FORMATS = new Set(['date-time', 'date', 'uuid', 'email', 'uri']);

function tidy({ jsonSchema }: { jsonSchema: JsonSchema }): void {
  if (CLEAR_FORMATS.has(String(jsonSchema.format))) delete jsonSchema.pattern;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
}

/** Replaces every `$ref` of a schema with the result of `to`. */
function mapRefs(value: unknown, to: (ref: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => mapRefs(item, to));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key === '$ref' && typeof item === 'string' ? to(item) : mapRefs(item, to),
    ]),
  );
}

function refersTo(schema: unknown, names: ReadonlySet<string>): boolean {
  let found = false;
  mapRefs(schema, (ref) => {
    if (names.has(ref.slice(DEFS.length))) found = true;
    return ref;
  });
  return found;
}

/**
 * Turns Zod schemas into JSON Schema and collects those with a name (`.meta({ id })`) as components. If a
 * named schema differs between requests and answers, it gets two components: `Theme` and `ThemeInput`.
 */
export class SchemaBook {
  private readonly raw = new Map<string, string>();
  private readonly written = {
    input: new Map<z.ZodType, JsonSchema>(),
    output: new Map<z.ZodType, JsonSchema>(),
  };
  readonly components: Record<string, JsonSchema> = {};

  /** Returns the schema for the document, with named parts as references. */
  write(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const known = this.written[io].get(schema) ?? this.convert(schema, io);
    this.written[io].set(schema, known);
    return known;
  }

  private convert(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    // Wrapped, so that a schema that contains itself gets a name instead of pointing at its root.
    const wrapped = z.toJSONSchema(z.object({ value: schema }), {
      io,
      unrepresentable: 'any',
      override: tidy,
    }) as JsonSchema;
    const defs = (wrapped.$defs ?? {}) as Record<string, JsonSchema>;
    const names = this.nameAll(defs, io);
    const rename = (ref: string): string => `${COMPONENTS}${names.get(ref.slice(DEFS.length)) ?? ref}`;
    for (const [name, def] of Object.entries(defs)) {
      this.components[names.get(name) as string] = mapRefs(def, rename) as JsonSchema;
    }
    return mapRefs((wrapped.properties as JsonSchema).value, rename) as JsonSchema;
  }

  private nameAll(defs: Record<string, JsonSchema>, io: string): Map<string, string> {
    const suffix = io === 'input' ? 'Input' : 'Output';
    const taken = Object.entries(defs).filter(
      ([name, def]) => (this.raw.get(name) ?? JSON.stringify(def)) !== JSON.stringify(def),
    );
    const renamed = new Set(taken.map(([name]) => name));
    // A schema that refers to a renamed one changes too, so it needs another name as well.
    for (let before = -1; before !== renamed.size; ) {
      before = renamed.size;
      for (const [name, def] of Object.entries(defs)) if (refersTo(def, renamed)) renamed.add(name);
    }
    return new Map(
      Object.entries(defs).map(([name, def]) => {
        const plain = name.startsWith('__schema') ? this.nameless(def) : name;
        const final = renamed.has(name) ? `${plain}${suffix}` : plain;
        this.raw.set(final, JSON.stringify(def));
        return [name, final];
      }),
    );
  }

  private nameless(def: JsonSchema): string {
    const text = JSON.stringify(def);
    for (let i = 1; ; i += 1) {
      const name = `Value${i}`;
      if ((this.raw.get(name) ?? text) === text) return name;
    }
  }
}
