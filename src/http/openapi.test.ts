import { Validator } from '@seriousme/openapi-schema-validator';
import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { z } from 'zod';
import { declaredRoutes, nameOf } from '../testing/declared-routes';
import { EXPOSED_HEADERS } from './cors';
import { DEFAULT_BODY_BYTES, MAX_BODY_BYTES } from './json-body';
import { describeRoutes, type OpenApiDocument, openApiPath } from './openapi';
import { HEADERS } from './openapi.components';
import { operationId } from './openapi.names';
import { SchemaBook } from './openapi.schemas';
import { defineRoute, everybody, reply } from './route';
import { queryFlag } from './schemas';

const routes = declaredRoutes();
const document = JSON.parse(
  JSON.stringify(describeRoutes(routes, { accessCookie: '__Host-rapt_access' })),
) as OpenApiDocument;
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

function refsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => (key === '$ref' ? [String(item)] : refsIn(item)));
}

function resolve(ref: string): unknown {
  return ref
    .slice(2)
    .split('/')
    .reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], document);
}

/** The mismatches between a value and a schema of the document. */
function problemsOf(schema: object, value: unknown): string[] {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats(ajv);
  const validate = ajv.compile({ ...schema, components: document.components });
  return validate(value)
    ? []
    : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    expect(document.openapi).toMatch(/^3\.1\./);
    expect(await new Validator().validate(structuredClone(document))).toEqual({ valid: true });
  });

  it('contains every route and nothing else', () => {
    const declared = routes.map((route) => `${route.method} ${openApiPath(route.path)}`);
    expect(operations.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(declared.sort());
  });

  it('shows no amount of money without its currency beside it', () => {
    const withAmounts: [string, string[]][] = [];
    const visit = (at: string, value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      const { properties } = value as { properties?: Record<string, unknown> };
      const names = Object.keys(properties ?? {});
      if (names.some((name) => /(Micros|cost)$/i.test(name))) withAmounts.push([at, names]);
      for (const [key, item] of Object.entries(value)) visit(`${at}/${key}`, item);
    };
    visit('#', document);
    const isRequest = (at: string): boolean => at.includes('/requestBody/');
    const answers = withAmounts.filter(([at]) => !isRequest(at));
    expect(answers.map(([at]) => at)).toEqual(
      expect.arrayContaining(
        ['Usage', 'UsageTotals', 'AiModel'].map((name) => `#/components/schemas/${name}`),
      ),
    );
    expect(answers.filter(([, names]) => !names.includes('currency'))).toEqual([]);
    // In requests only the description can say it: prices are set in the currency of the installation.
    expect(withAmounts.length).toBeGreaterThan(answers.length);
  });

  it('refers only to existing parts', () => {
    expect(refsIn(document).filter((ref) => resolve(ref) === undefined)).toEqual([]);
  });

  it('names each operation once, in words for a method of a client', () => {
    const names = operations.map(({ operation }) => operation.operationId);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !/^[a-z][A-Za-z]*$/.test(name))).toEqual([]);
  });

  it('has a heading with a description for each feature', () => {
    const tags = document.tags as { name: string; description?: string }[];
    expect(tags.filter((tag) => tag.description === undefined)).toEqual([]);
  });

  it('shows an example of each body that must be sent, and each is valid', () => {
    const without = routes.filter(
      ({ body, example }) => body !== undefined && example === undefined && !body.safeParse({}).success,
    );
    expect(without.map(nameOf)).toEqual([]);
    for (const route of routes.filter(({ example }) => example !== undefined)) {
      expect({
        route: nameOf(route),
        refused: route.body?.safeParse(route.example).error?.issues ?? [],
      }).toEqual({ route: nameOf(route), refused: [] });
      const content =
        document.paths[openApiPath(route.path)]?.[route.method]?.requestBody?.content['application/json'];
      expect({
        route: nameOf(route),
        refused: problemsOf(content?.schema ?? {}, content?.examples?.example?.value),
      }).toEqual({ route: nameOf(route), refused: [] });
    }
  });

  it('shows an example of each error, and each is valid', () => {
    const responses = document.components.responses as Record<
      string,
      { content: Record<string, { schema: object; examples: Record<string, { value: unknown }> }> }
    >;
    for (const { content } of Object.values(responses)) {
      const { schema, examples } = content['application/json']!;
      expect(problemsOf(schema, examples.error!.value)).toEqual([]);
    }
  });

  it('declares a credential for each route that needs one, and the errors that come with it', () => {
    for (const route of routes) {
      const operation = document.paths[openApiPath(route.path)]?.[route.method];
      const statuses = Object.keys(operation?.responses ?? {});
      expect(statuses).toEqual(
        expect.arrayContaining([String(route.success.status), '400', '401', '500', '503']),
      );
      expect(((operation?.security ?? []) as unknown[]).length > 0).toBe(route.access.kind !== 'public');
      if (route.access.kind !== 'public') expect(statuses).toContain('403');
      if (route.params !== undefined) expect(statuses).toContain('404');
      if (route.conditional === true) expect(statuses).toContain('412');
      if (route.idempotency !== undefined) expect(statuses).toEqual(expect.arrayContaining(['409', '422']));
      if (route.success.stream === true)
        expect(JSON.stringify(operation?.responses)).toContain('text/event-stream');
    }
  });
});

describe('common declarations of all routes', () => {
  const queryParameters = operations.flatMap(({ path, operation }) =>
    ((operation.parameters ?? []) as { in?: string; name: string; schema: Record<string, unknown> }[])
      .filter((parameter) => parameter.in === 'query')
      .map((parameter) => ({ path, ...parameter })),
  );

  it('types a yes or no in a query as boolean', () => {
    const texts = queryParameters.filter(({ schema }) => JSON.stringify(schema).includes('"true"'));
    expect(texts.map(({ path, name }) => `${path} ${name}`)).toEqual([]);
    const mine = queryParameters.find(({ path, name }) => path === '/api/v1/classes' && name === 'mine');
    expect(mine?.schema).toEqual({ type: 'boolean' });
    expect(queryFlag().parse('false')).toBe(false);
  });

  it('says that a stream answers 200, whatever the JSON answer of the route says', () => {
    const responses = document.paths['/api/v1/sessions/{id}/messages']?.post?.responses as Record<
      string,
      { content?: object }
    >;
    expect(Object.keys(responses['200']?.content ?? {})).toEqual(['text/event-stream']);
    expect(Object.keys(responses['201']?.content ?? {})).toEqual(['application/json']);
  });

  it('names the limit of each body, and none is larger than 1 MiB', () => {
    for (const route of routes.filter(({ body }) => body !== undefined)) {
      const limit = route.bodyLimit ?? DEFAULT_BODY_BYTES;
      expect(limit).toBeLessThanOrEqual(MAX_BODY_BYTES);
      const operation = document.paths[openApiPath(route.path)]?.[route.method];
      expect(operation?.requestBody).toMatchObject({ description: `At most ${limit / 1024} KiB.` });
    }
  });

  it('exposes to other origins each header field that an answer can carry', () => {
    expect(EXPOSED_HEADERS).toEqual(
      expect.arrayContaining([...Object.keys(HEADERS), 'Content-Disposition', 'Content-Range']),
    );
  });

  it('lets browsers keep only answers without anything personal', () => {
    const kept = routes.filter(({ impersonal }) => impersonal === true);
    expect(kept.map(nameOf).sort()).toEqual([
      'GET /admin/ai-models',
      'GET /groups',
      'GET /groups/:id',
      'GET /groups/:id/ancestors',
      'GET /groups/:id/children',
      'GET /groups/:id/descendants',
      'GET /groups/:id/settings/resolved',
      'GET /groups/:id/theme/resolved',
    ]);
    for (const route of kept) {
      const schema = new SchemaBook();
      const text = JSON.stringify([
        schema.write(route.success.data as z.ZodType, 'output'),
        schema.components,
      ]);
      expect(text).not.toMatch(/"(?:email|user\w*|author|person|ip|userAgent|answer|content|feedback)"/i);
    }
  });
});

/** Every summary and description of the document, with its place. */
function textsIn(value: unknown, at = '#'): { at: string; key: string; text: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    ['summary', 'description'].includes(key) && typeof item === 'string'
      ? [{ at: `${at}/${key}`, key, text: item }]
      : textsIn(item, `${at}/${key}`),
  );
}

/** Verbs with which a summary can start. Add a new one if none of these fits. */
const SUMMARY_VERBS = new Set(
  [
    'Add Archive Cancel Change Close Compare Confirm Copy Create Deactivate Delete Download End Get Grade Join List',
    'Mark Pause Publish Reactivate Remove Restore Resume Retry Return Revoke Roll Run Send Set Sign Start Stop Stream',
    'Submit Subscribe Unsubscribe Update',
  ].flatMap((line) => line.split(' ')),
);
/** Words that are never plain English in a text for the reader, who is "you". */
const NOT_PLAIN = [
  /\b(?:the own|whoever|whosoever|somebody|nobody|anybody|everybody|the caller|that one|those that|those who)\b/i,
  /\b(?:one[’']s|one (?:can|may|likes|belongs)|begin an|begun|can be had|is told|be told|have been told)\b/i,
  /\b(?:at once|just now|whither|whence|or none that|or not for|somebody else|none of (?:ours|yours))\b/i,
  /\b(?:null|absent|only|value|allowed|204|409) where\b/i,
];

describe('the English of the document', () => {
  const texts = textsIn(document);

  it('is read by this test in every place', () => {
    expect(texts.filter(({ key }) => key === 'summary')).toHaveLength(operations.length);
    expect(texts.length).toBeGreaterThan(1_000);
  });

  it('says in each summary what the route does, and starts with the verb', () => {
    const summaries = operations.map(({ operation }) => String(operation.summary));
    expect(summaries.filter((summary) => !SUMMARY_VERBS.has(summary.split(' ')[0] ?? ''))).toEqual([]);
    expect(summaries.filter((summary) => summary.endsWith('.'))).toEqual([]);
  });

  it('calls the reader "you" and other people by what they are', () => {
    const found = texts.filter(({ text }) => NOT_PLAIN.some((words) => words.test(text)));
    expect(found.map(({ at, text }) => `${at}: ${text}`)).toEqual([]);
  });

  it('ends each description with a full stop', () => {
    const open = texts.filter(({ key, text }) => key === 'description' && !/[.`)…]$/.test(text.trim()));
    expect(open.map(({ at, text }) => `${at}: ${text}`)).toEqual([]);
  });
});

describe('the names of operations', () => {
  const named = (
    method: 'get' | 'post' | 'put' | 'patch' | 'delete',
    path: string,
    success: { status: 200 | 201; list?: boolean } = { status: 200 },
  ) =>
    operationId(
      defineRoute({
        method,
        path,
        summary: '',
        access: everybody,
        success: { ...success, description: '' },
        handler: async () => reply.noContent(),
      }),
    );

  it('say what the route does', () => {
    expect(named('get', '/groups', { status: 200, list: true })).toBe('listGroups');
    expect(named('get', '/groups/:id')).toBe('getGroup');
    expect(named('post', '/classes/:id/members', { status: 201 })).toBe('createClassMember');
    expect(named('delete', '/classes/:id/members/:userId')).toBe('deleteClassMember');
    expect(named('post', '/tools/:id/publish')).toBe('publishTool');
    expect(named('put', '/classes/:id/ai-mode')).toBe('setClassAiMode');
  });
});

describe('schemas in the document', () => {
  it('appear once under their name, and twice if request and answer differ', () => {
    const book = new SchemaBook();
    const inner = z.object({ limit: z.number().default(3) }).meta({ id: 'Inner' });
    const outer = z.object({ inner }).meta({ id: 'Outer' });
    expect(book.write(outer, 'output')).toEqual({ $ref: '#/components/schemas/Outer' });
    expect(book.write(outer, 'input')).toEqual({ $ref: '#/components/schemas/OuterInput' });
    expect(Object.keys(book.components).sort()).toEqual(['Inner', 'InnerInput', 'Outer', 'OuterInput']);
    expect(JSON.stringify(book.components.OuterInput)).toContain('#/components/schemas/InnerInput');
  });

  it('may contain themselves', () => {
    const book = new SchemaBook();
    expect(refsIn(book.write(z.json(), 'input')).concat(refsIn(book.components))).not.toContain('#');
    expect(Object.keys(book.components)).toHaveLength(1);
  });
});
