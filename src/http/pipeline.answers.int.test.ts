import type { Client, TestApp } from '../testing/app';
import { createThingsApp, SECRET } from '../testing/things-app';
import { World } from '../testing/world';

describe('what an answer is', () => {
  let app: TestApp;
  let caller: Client;
  beforeAll(async () => {
    // Production writes answers by their schema, without checking them against it.
    app = await createThingsApp({ env: { NODE_ENV: 'production' } });
    caller = await app.as((await new World(app.container).user()).id);
  });
  afterAll(() => app.close());
  const create = async (name = 'first') =>
    (await caller.post('/things').send({ name }).expect(201)).body.data as { id: string; name: string };

  it('contain a resource in its envelope, with its address', async () => {
    const response = await caller.post('/things').send({ name: 'first' }).expect(201);
    expect(response.body).toEqual({ data: { id: expect.any(String), name: 'first' } });
    expect(response.headers.location).toBe(`/api/v1/things/${response.body.data.id}`);
    expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
  });

  it('a page with its total, or one after the other by cursor', async () => {
    await caller.post('/things').send({ name: 'page-a' });
    await caller.post('/things').send({ name: 'page-b' });
    const page = await caller.get('/things?limit=1&sort=-name').expect(200);
    expect(page.body.meta.pagination).toMatchObject({
      page: 1,
      limit: 1,
      total: expect.any(Number),
      totalPages: page.body.meta.pagination.total,
    });
    const first = await caller.get('/things?limit=1&sort=-name&cursor=').expect(200);
    expect(first.body.meta.pagination).toEqual({ limit: 1, nextCursor: expect.any(String) });
    const second = await caller
      .get(`/things?limit=1&sort=-name&cursor=${first.body.meta.pagination.nextCursor}`)
      .expect(200);
    expect([first.body.data[0].name, second.body.data[0].name]).toEqual(['page-b', 'page-a']);
  });

  it('contain nothing that the schema does not name', async () => {
    const { id } = await create();
    const { text } = await caller.get(`/things/${id}`).expect(200);
    expect(text).not.toContain(SECRET);
    expect(JSON.parse(text)).toEqual({ data: { id, name: 'first' } });
  });

  it.each(['bug', 'sql', 'shape'])('no word of why we failed (%s)', async (kind) => {
    const { id } = await create();
    const response = await caller.get(`/faults/${kind}`);
    if (kind !== 'shape') expect(response.status).toBe(500);
    if (kind !== 'shape') {
      expect(response.body.error).toEqual({
        code: 'INTERNAL',
        message: expect.any(String),
        details: {},
        requestId: response.headers['x-request-id'],
      });
      for (const leak of [SECRET, 'no_such_table', 'SELECT', ' at ', '.ts', 'TypeError'])
        expect(response.text).not.toContain(leak);
    }
    await caller.get(`/things/${id}`).expect(200);
  });

  it('say when to come back if a dependency is unreachable', async () => {
    const response = await caller.post('/things').send({ name: 'fails' }).expect(503);
    expect(response.body.error).toMatchObject({
      code: 'DEPENDENCY_UNAVAILABLE',
      details: { reason: 'helper.unavailable' },
    });
    expect(response.headers['retry-after']).toBe('7');
  });

  it('the id of the request: the one it came with if that is harmless, else a new one', async () => {
    const { headers } = await caller.get('/things').set('X-Request-Id', 'proxy-1234567890');
    expect(headers['x-request-id']).toBe('proxy-1234567890');
    for (const bad of ['short', 'a b c d e f g h', 'x'.repeat(129), '<script>alert(1)</script>']) {
      expect((await caller.get('/things').set('X-Request-Id', bad)).headers['x-request-id']).toMatch(
        /^[0-9a-f-]{36}$/,
      );
    }
    const refused = await caller.get('/things/x').set('X-Request-Id', 'proxy-1234567891').expect(400);
    expect(refused.body.error.requestId).toBe('proxy-1234567891');
  });

  it.each(['/api/v1/things', '/api/v1/nowhere', '/api/v1/things/%', '/health', '/docs/', '/openapi.json'])(
    'guarded by security headers at %s',
    async (path) => {
      const { headers } = await fetch(app.url + path);
      expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'/);
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('strict-transport-security')).toMatch(/max-age=\d{8}/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('x-powered-by')).toBeNull();
    },
  );

  it('are for this caller only, with each header field once', async () => {
    const { headers } = await fetch(`${app.url}/api/v1/things`, {
      headers: { Authorization: `Bearer ${caller.token}` },
    });
    expect([headers.get('cache-control'), headers.get('vary')]).toEqual([
      'no-store',
      'Authorization, Cookie, Origin',
    ]);
    expect(headers.get('ratelimit')).toMatch(/^"default"; r=\d+; t=\d+$/);
  });

  it('without a trace in the browser, unless the route says that nothing in it is personal', async () => {
    const { headers } = await caller.get('/things/latest').expect(200);
    expect([headers['cache-control'], headers.etag]).toEqual(['private, no-cache', expect.any(String)]);
    for (const path of ['/things', '/things/none', '/nowhere', '/things/latest?x=1'])
      expect((await caller.get(path)).headers['cache-control']).toBe('no-store');
  });

  it('may set a header field otherwise than all others', async () => {
    const admin = await app.as((await new World(app.container).user({ isPlatformAdmin: true })).id);
    const { headers } = await admin.get('/admin-only').expect(204);
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['set-cookie']).toEqual(['a=1', 'b=2']);
  });

  describe('with its version', () => {
    it('304 while it is still the one that the client has', async () => {
      const { id } = await create();
      const { headers } = await caller.get(`/things/${id}`).expect(200);
      const tag = headers.etag as string;
      expect(tag).toMatch(/^"1-[\w-]{16}"$/);
      const again = await caller.get(`/things/${id}`).set('If-None-Match', tag).expect(304);
      expect([again.text, again.headers.etag]).toEqual(['', tag]);
      await caller.get(`/things/${id}`).set('If-None-Match', `"other", W/${tag}`).expect(304);
      await caller.get(`/things/${id}`).set('If-None-Match', '*').expect(304);
      await caller.head(`/things/${id}`).set('If-None-Match', tag).expect(304);
      await caller.patch(`/things/${id}`).send({ name: 'second' }).expect(200);
      await caller.get(`/things/${id}`).set('If-None-Match', tag).expect(200);
    });

    it('lists have weak ones', async () => {
      const { headers } = await caller.get('/things?q=none').expect(200);
      expect(headers.etag).toMatch(/^W\/"/);
      await caller
        .get('/things?q=none')
        .set('If-None-Match', headers.etag as string)
        .expect(304);
    });

    it('412 for a change that knew an older one; `*` and none are let through', async () => {
      const { id } = await create();
      const { headers } = await caller.get(`/things/${id}`);
      const change = (ifMatch: string | null, name: string) => {
        const request = caller.patch(`/things/${id}`).send({ name });
        return ifMatch === null ? request : request.set('If-Match', ifMatch);
      };
      expect((await change(headers.etag as string, 'a').expect(200)).headers.etag).toMatch(/^"2-/);
      const late = await change(headers.etag as string, 'b').expect(412);
      expect(late.body.error).toMatchObject({
        code: 'PRECONDITION_FAILED',
        details: { reason: 'precondition.changed' },
      });
      await change('"2"', 'c').expect(200);
      await change('"1", "3"', 'd').expect(200);
      await change('*', 'e').expect(200);
      await change(null, 'f').expect(200);
      await change('"something-else"', 'g').expect(412);
      expect((await change('no tag', 'h').expect(400)).body.error.details.issues[0].path).toBe(
        'headers.if-match',
      );
    });

    it('one winner of a hundred who change the same version', async () => {
      const { id } = await create();
      const { headers } = await caller.get(`/things/${id}`);
      const all = await Promise.all(
        Array.from({ length: 100 }, (_, i) =>
          caller
            .patch(`/things/${id}`)
            .set('If-Match', headers.etag as string)
            .send({ name: `n${i}` }),
        ),
      );
      const statuses = all.map(({ status }) => status);
      expect([
        statuses.filter((status) => status === 200).length,
        statuses.filter((status) => status === 412).length,
      ]).toEqual([1, 99]);
    });
  });
});
