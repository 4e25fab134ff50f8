import { z } from 'zod';

export type JsonSchema = Record<string, unknown>;

const DEFS = '#/$defs/';
const COMPONENTS = '#/components/schemas/';
/** Formats that say it all: the regular expression that Zod adds for them only fills the page. */
const CLEAR_FORMATS = new Set(['date-time', 'date', 'uuid', 'email', 'uri']);

function tidy({ jsonSchema }: { jsonSchema: JsonSchema }): void {
  if (CLEAR_FORMATS.has(String(jsonSchema.format))) delete jsonSchema.pattern;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
}

/** Every `$ref` of a schema, replaced by what `to` says of it. */
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
 * Turns Zod schemas into JSON Schema and gathers those that have a name (`.meta({ id })`) as components. A name
 * whose schema differs between what is sent and what is answered stands twice: `Theme` and `ThemeInput`.
 */
export class SchemaBook {
  private readonly raw = new Map<string, string>();
  private readonly written = {
    input: new Map<z.ZodType, JsonSchema>(),
    output: new Map<z.ZodType, JsonSchema>(),
  };
  readonly components: Record<string, JsonSchema> = {};

  /** The schema as it stands in the document, named parts by reference. */
  write(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const known = this.written[io].get(schema) ?? this.convert(schema, io);
    this.written[io].set(schema, known);
    return known;
  }

  private convert(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    // Wrapped, so that a schema which contains itself gets a name instead of pointing at its root.
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
    // What refers to a renamed schema is another one itself.
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
