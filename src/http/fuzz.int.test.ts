import fc from 'fast-check';
import { routesOf } from '../routes';
import { createTestApp, type TestApp } from '../testing/app';
import { nameOf } from '../testing/declared-routes';
import { World } from '../testing/world';
import { API_BASE } from './base';
import type { Route } from './route';

const RUNS_PER_ROUTE = 8;

const headerText = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
  minLength: 1,
  maxLength: 40,
});
const nastyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    '',
    '\0',
    '\ud800',
    '../../etc/passwd',
    "' OR 1=1 --",
    '{{7*7}}',
    'a'.repeat(5_000),
    '9'.repeat(400),
    '-1',
    'NaN',
    '1e999',
    'true',
    'null',
    '2026-13-45T99:99:99Z',
  ),
);
const nastyValue: fc.Arbitrary<unknown> = fc.oneof(
  nastyText,
  fc.jsonValue({ maxDepth: 4 }),
  fc.constantFrom(0, -1, 1e308, 2 ** 53, -0, 0.1, [], {}, null, true),
);
const nastyHeaders = fc.record(
  {
    'If-Match': fc.oneof(headerText, fc.constantFrom('*', '"1"', 'W/"x"', '"1", "2"')),
    'If-None-Match': headerText,
    'Idempotency-Key': headerText,
    'X-Request-Id': headerText,
    'Last-Event-ID': headerText,
    Accept: fc.constantFrom('text/event-stream', '*/*', 'text/html', 'application/xml'),
    'Content-Type': fc.constantFrom(
      'application/json',
      'text/plain',
      'application/json; charset=utf-16',
      'x',
    ),
    Cookie: headerText.map((text) => `__Host-rapt_access=${text}; rapt_csrf=${text}`),
    Origin: fc.constantFrom('https://evil.example.org', 'null', 'x'),
    'X-Forwarded-For': headerText,
  },
  { requiredKeys: [] },
);

const NASTY_IDS = ['01890a5d-ac96-774b-bcce-b302099a8057', 'no-uuid', '%00', '%E0%A4%A', '..%2f..', '7'];

interface Case {
  seedId: number;
  query: Record<string, unknown>;
  body: unknown;
  /** Null leaves the example unchanged. */
  spoilt: { key: number; value: unknown; extra: boolean } | null;
  useExample: boolean;
  headers: Record<string, string>;
}

const nastyCase: fc.Arbitrary<Case> = fc.record({
  seedId: fc.nat(20),
  query: fc.oneof(
    fc.constant({}),
    fc.dictionary(
      fc.constantFrom('page', 'limit', 'cursor', 'sort', 'q', 'updatedSince', 'x', '__proto__'),
      nastyText,
      { maxKeys: 3 },
    ),
  ),
  body: nastyValue,
  spoilt: fc.option(fc.record({ key: fc.nat(10), value: nastyValue, extra: fc.nat(5).map((n) => n === 0) })),
  useExample: fc.nat(3).map((n) => n > 0),
  headers: fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: nastyHeaders }),
});

/** Replaces or adds one field of the route's example, so that the body passes the first checks. */
function spoil(example: object, spoilt: Case['spoilt']): object {
  if (spoilt === null) return example;
  const { key, value, extra } = spoilt;
  const keys = Object.keys(example);
  const name = extra || keys.length === 0 ? 'surprise' : (keys[key % keys.length] as string);
  return { ...example, [name]: value };
}

function queryString(query: Record<string, unknown>): string {
  const pairs = Object.entries(query).map(
    ([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(String(value).toWellFormed())}`,
  );
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

describe('nothing that a client sends', () => {
  let app: TestApp;
  let tokens: string[] = [];
  /** An existing id, by the word before it in a path. */
  let real: Record<string, string> = {};
  const statuses = new Map<number, number>();

  beforeAll(async () => {
    app = await createTestApp();
  });
  afterAll(() => app.close());

  /**
   * Creates people and objects for each route, because some routes end sign-ins and others delete what they
   * are given.
   */
  async function populate(): Promise<void> {
    const world = new World(app.container);
    const group = await world.group();
    const [admin, teacher, student] = [
      await world.member(group, 'admin'),
      await world.member(group, 'teacher'),
      await world.member(group, 'student'),
    ];
    const platformAdmin = await world.user({ isPlatformAdmin: true, tenantId: group.tenantId });
    const schoolClass = await world.class(group);
    await world.classMember(schoolClass, 'teacher', teacher);
    await world.classMember(schoolClass, 'student', student);
    const tool = await world.tool(group, teacher);
    const assignment = await world.assignment(schoolClass, tool, teacher);
    const submission = await world.submission(assignment, student);
    real = {
      groups: group.id,
      users: student.id,
      members: student.id,
      overrides: student.id,
      classes: schoolClass.id,
      tools: tool.id,
      assignments: assignment.id,
      submissions: submission.id,
    };
    tokens = await Promise.all(
      [admin, teacher, student, platformAdmin].map(
        async (person) => (await app.as(person.id)).token as string,
      ),
    );
  }

  async function send(
    route: Route,
    { seedId, query, body, spoilt, useExample, headers }: Case,
  ): Promise<Response> {
    const path = route.path.replace(
      /(\w+)\/:\w+/g,
      (_all, word: string) =>
        `${word}/${seedId < 15 ? (real[word] ?? NASTY_IDS[0]) : NASTY_IDS[seedId % NASTY_IDS.length]}`,
    );
    const payload = useExample && route.example !== undefined ? spoil(route.example as object, spoilt) : body;
    const method = route.method.toUpperCase();
    return fetch(`${app.url}${API_BASE}${path}${queryString(query)}`, {
      method,
      headers: {
        'Content-Type': 'application/json',
        Authorization: `Bearer ${tokens[seedId % tokens.length]}`,
        ...headers,
      },
      ...(method === 'GET' ? {} : { body: JSON.stringify(payload) ?? '' }),
      redirect: 'manual',
      signal: AbortSignal.timeout(20_000),
    });
  }

  async function assertWellAnswered(response: Response): Promise<void> {
    const text = await response.text();
    statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
    expect(response.status).toBeLessThan(500);
    if (response.status < 400) return;
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(JSON.parse(text)).toEqual({
      error: {
        code: expect.stringMatching(/^[A-Z_]+$/),
        message: expect.any(String),
        details: expect.any(Object),
        requestId: response.headers.get('x-request-id'),
      },
    });
  }

  it('is answered by our failing, on any route', async () => {
    for (const route of routesOf(app.container)) {
      await populate();
      const property = fc.asyncProperty(nastyCase, async (given) => {
        try {
          await assertWellAnswered(await send(route, given));
        } catch (error) {
          throw new Error(`${nameOf(route)}: ${(error as Error).message}`, { cause: error });
        }
      });
      await fc.assert(property, { numRuns: RUNS_PER_ROUTE, seed: 4711, endOnFailure: true });
    }
    // The requests got past the first checks: most were accepted, and some asked for possible things.
    const share = (...wanted: number[]) =>
      wanted.reduce((sum, status) => sum + (statuses.get(status) ?? 0), 0) /
      [...statuses.values()].reduce((a, b) => a + b, 0);
    expect(share(401)).toBeLessThan(0.2);
    expect(share(200, 201, 202, 204)).toBeGreaterThan(0.05);
  }, 300_000);
});
