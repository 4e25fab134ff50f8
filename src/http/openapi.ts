import type { z } from 'zod';
import { API_BASE } from './base';
import { DEFAULT_BODY_BYTES, KIB } from './json-body';
import { ERROR_RESPONSES, ErrorSchema, SHARED_COMPONENTS } from './openapi.components';
import { operationId, tagOf } from './openapi.names';
import { type JsonSchema, SchemaBook } from './openapi.schemas';
import { describeApi, TAGS } from './openapi.texts';
import type { Route } from './route';
import { PaginationSchema } from './serializer';

/** The parts of an OpenAPI 3.1 document that this code reads. */
export interface OpenApiDocument {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, JsonSchema> } & Record<string, unknown>;
  [key: string]: unknown;
}

export interface Operation {
  operationId: string;
  requestBody?: {
    content: Record<string, { schema: JsonSchema; examples?: Record<string, { value: unknown }> }>;
  };
  responses: Record<string, JsonSchema>;
  [key: string]: unknown;
}

export interface OpenApiOptions {
  /** The name of the cookie that carries the access token. */
  accessCookie: string;
}

const ref = (kind: string, name: string) => ({ $ref: `#/components/${kind}/${name}` });
const headerRefs = (...names: string[]) =>
  Object.fromEntries(names.map((name) => [name, ref('headers', name)]));
const SIGNED_IN = [{ bearer: [] }, { cookie: [] }, { apiToken: [] }];

/** `/groups/:id` in OpenAPI notation: `/groups/{id}`. */
export function openApiPath(path: string): string {
  return `${API_BASE}${path}`.replace(/:(\w+)/g, '{$1}');
}

function parametersOf(
  book: SchemaBook,
  schema: z.ZodType | undefined,
  where: 'path' | 'query',
): JsonSchema[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = book.write(schema, 'input') as {
    properties?: Record<string, JsonSchema>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema: rest,
  }));
}

function headerParametersOf(route: Route): JsonSchema[] {
  const names = [
    ...(route.method === 'get' && route.success.data !== undefined ? ['IfNoneMatch'] : []),
    ...(route.conditional === true ? ['IfMatch'] : []),
    ...(route.idempotency === undefined ? [] : ['IdempotencyKey']),
    ...(route.success.stream === true ? ['LastEventId'] : []),
    ...(route.method !== 'get' && route.access.kind !== 'public' ? ['CsrfToken'] : []),
  ];
  return names.map((name) => ref('parameters', name));
}

function requestBodyOf(
  book: SchemaBook,
  { body, bodyLimit = DEFAULT_BODY_BYTES, example }: Route,
): Pick<Operation, 'requestBody'> {
  if (body === undefined) return {};
  const schema = book.write(body, 'input');
  const examples = example === undefined ? {} : { examples: { example: { value: example } } };
  return {
    requestBody: {
      description: `At most ${bodyLimit / KIB} KiB.`,
      required: !body.safeParse({}).success,
      content: { 'application/json': { schema, ...examples } },
    } as Operation['requestBody'] & object,
  };
}

function envelopeOf(book: SchemaBook, { data, list, totals }: Route['success']): JsonSchema | null {
  if (data === undefined) return null;
  const value = book.write(data, 'output');
  if (list !== true) return { type: 'object', required: ['data'], properties: { data: value } };
  const meta = {
    type: 'object',
    required: ['pagination', ...(totals === undefined ? [] : ['totals'])],
    properties: {
      pagination: book.write(PaginationSchema, 'output'),
      ...(totals === undefined ? {} : { totals: book.write(totals, 'output') }),
    },
  };
  return {
    type: 'object',
    required: ['data', 'meta'],
    properties: { data: { type: 'array', items: value }, meta },
  };
}

const STREAM_CONTENT = { 'text/event-stream': { schema: { type: 'string' } } };
const FILE_CONTENT = { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } };

/** A stream starts before its result is known, so its status is always 200. */
function streamed(headers: JsonSchema): JsonSchema {
  const { Location: _location, ETag: _tag, ...others } = headers;
  return { description: 'The same answer as a stream of events.', headers: others, content: STREAM_CONTENT };
}

function successOf(book: SchemaBook, route: Route): Record<string, JsonSchema> {
  const { status, description, stream, file, formats = [], existing } = route.success;
  const envelope = envelopeOf(book, route.success);
  const limits = route.rateLimit === 'none' ? [] : ['RateLimit', 'RateLimit-Policy'];
  const headers = headerRefs(
    'X-Request-Id',
    ...limits,
    ...(envelope === null ? [] : ['ETag']),
    ...(status === 201 || (status === 202 && envelope !== null) ? ['Location'] : []),
    ...(route.idempotency === 'transaction' ? ['Idempotency-Replayed'] : []),
  );
  const content = {
    ...(envelope === null ? {} : { 'application/json': { schema: envelope } }),
    ...(stream === true && status === 200 ? STREAM_CONTENT : {}),
    ...(file === true ? FILE_CONTENT : {}),
    ...Object.fromEntries(formats.map((format) => [format, { schema: { type: 'string' } }])),
  };
  const success = { description, headers, ...(Object.keys(content).length === 0 ? {} : { content }) };
  return {
    [String(status)]: success,
    ...(existing === undefined ? {} : { '200': { ...success, description: existing } }),
    ...(stream === true && status !== 200 ? { '200': streamed(headers) } : {}),
    ...(route.method === 'get' && envelope !== null
      ? {
          '304': {
            description: 'The answer has not changed since the ETag in `If-None-Match`.',
            headers: headerRefs('X-Request-Id', 'ETag'),
          },
        }
      : {}),
    ...(route.method === 'get' && stream === true
      ? { '204': { description: 'There are no events after `Last-Event-ID`.' } }
      : {}),
    ...(file === true
      ? {
          '206': { description: 'The part of the file that `Range` names.', content: FILE_CONTENT },
          '304': { description: 'The file has not changed since the ETag in `If-None-Match`.' },
          '416': { description: 'The file ends before the range.' },
        }
      : {}),
  };
}

/** The reasons of a route's errors: its own, and those that follow from its declaration. */
function reasonsOf(route: Route): Record<string, string> {
  return {
    ...(route.recentPassword === undefined
      ? {}
      : {
          'auth.recent_password_required': `Confirm your password (\`POST /auth/confirm\`)${typeof route.recentPassword === 'function' ? ', if the change needs it' : ''}.`,
          'auth.person_required': 'An API token cannot do this.',
        }),
    ...route.errors,
  };
}

/** Names of the errors that can occur before the handler runs, or that its reasons belong to. */
function errorsOf(route: Route): string[] {
  const reasons = Object.keys(reasonsOf(route));
  const isSignedIn = route.access.kind !== 'public';
  const hasBody = route.method !== 'get';
  const ownReasons = reasons.some((reason) => !reason.endsWith('not_found'));
  return [
    'BadRequest',
    'Unauthenticated',
    ...(isSignedIn || hasBody ? ['Forbidden'] : []),
    ...(route.params !== undefined || reasons.some((reason) => reason.endsWith('not_found'))
      ? ['NotFound']
      : []),
    ...(route.idempotency !== undefined || ownReasons ? ['Conflict', 'Unprocessable'] : []),
    ...(route.conditional === true ? ['PreconditionFailed'] : []),
    ...(hasBody ? ['PayloadTooLarge', 'UnsupportedMediaType'] : []),
    ...(route.rateLimit === 'none' ? [] : ['RateLimited']),
    'Internal',
    'Unavailable',
  ];
}

function descriptionOf(route: Route): string {
  const access = {
    public: 'You do not have to be signed in.',
    signed_in: '',
    platform_admin: 'For platform admins only.',
  }[route.access.kind];
  const reasons = Object.entries(reasonsOf(route)).map(([reason, text]) => `- \`${reason}\`: ${text}`);
  const list =
    reasons.length === 0 ? '' : `Reasons of its errors (\`error.details.reason\`):\n${reasons.join('\n')}`;
  return [route.description, access, list].filter((part) => part !== undefined && part !== '').join('\n\n');
}

function operationOf(book: SchemaBook, route: Route): Operation {
  const description = descriptionOf(route);
  const parameters = [
    ...parametersOf(book, route.params, 'path'),
    ...parametersOf(book, route.query, 'query'),
    ...headerParametersOf(route),
  ];
  const errors = errorsOf(route).map((name) => [
    String(ERROR_RESPONSES[name]?.status),
    ref('responses', name),
  ]);
  return {
    tags: [tagOf(route.path)],
    operationId: operationId(route),
    summary: route.summary,
    ...(description === '' ? {} : { description }),
    security: route.access.kind === 'public' ? [] : SIGNED_IN,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...requestBodyOf(book, route),
    responses: { ...successOf(book, route), ...(Object.fromEntries(errors) as Record<string, JsonSchema>) },
  };
}

/** Describes exactly these routes in OpenAPI 3.1. */
export function describeRoutes(routes: readonly Route[], { accessCookie }: OpenApiOptions): OpenApiDocument {
  const book = new SchemaBook();
  const paths: OpenApiDocument['paths'] = {};
  for (const route of routes) {
    const path = openApiPath(route.path);
    paths[path] = { ...paths[path], [route.method]: operationOf(book, route) };
  }
  const tags = [...new Set(routes.map((route) => tagOf(route.path)))];
  return {
    openapi: '3.1.0',
    info: {
      title: 'Raptscallions',
      version: '1.0.0',
      description: describeApi(),
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: tags.map((name) => ({ name, ...(TAGS[name] === undefined ? {} : { description: TAGS[name] }) })),
    paths,
    components: {
      schemas: { Error: ErrorSchema, ...book.components },
      ...SHARED_COMPONENTS,
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'The access token from `POST /auth/login`. It works for 15 minutes.',
        },
        apiToken: {
          type: 'http',
          scheme: 'bearer',
          description: 'An API token from `POST /auth/tokens`, for scripts. It is limited to its scopes.',
        },
        cookie: {
          type: 'apiKey',
          in: 'cookie',
          name: accessCookie,
          description:
            'The sign-in sets this cookie. Requests that change something also need `X-CSRF-Token`.',
        },
      },
    },
  };
}
