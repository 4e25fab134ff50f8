import type { Client, TestApp } from '../testing/app';
import { createThingsApp } from '../testing/things-app';
import { World } from '../testing/world';

const ORIGIN = 'https://web.example.org';

describe('what a request must be', () => {
  let app: TestApp;
  let caller: Client;
  beforeAll(async () => {
    app = await createThingsApp({ env: { CORS_ORIGINS: ORIGIN } });
    caller = await app.as((await new World(app.container).user()).id);
  });
  afterAll(() => app.close());

  const send = (body: string, headers: Record<string, string> = {}) =>
    fetch(`${app.url}/api/v1/things`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${caller.token}`, 'Content-Type': 'application/json', ...headers },
      body,
    });
  async function refusal(response: Response): Promise<unknown[]> {
    const { error } = (await response.json()) as {
      error: { code: string; details: { reason?: string; issues?: { path: string; reason: string }[] } };
    };
    return [
      response.status,
      error.code,
      error.details.issues?.map(({ path, reason }) => `${path} ${reason}`) ?? error.details.reason,
    ];
  }

  describe('its body', () => {
    it.each([
      ['an unknown field', { name: 'x', owner: 'me' }, ['body.owner unknown_field']],
      [
        'an unknown field inside',
        { name: 'x', parts: [{ size: 1, weight: 2 }] },
        ['body.parts[0].weight unknown_field'],
      ],
      ['a missing field', {}, ['body.name invalid_type']],
      [
        'several at once, each named',
        { name: '', parts: [{ size: 0 }, { size: 1.5 }] },
        ['body.name too_small', 'body.parts[0].size too_small', 'body.parts[1].size invalid_type'],
      ],
      ['a NUL', { name: 'a\0b' }, ['body.name custom']],
      ['half a character', { name: 'a\ud800' }, ['body.name custom']],
      ['too long a text', { name: 'x'.repeat(51) }, ['body.name too_big']],
      ['only spaces', { name: '   ' }, ['body.name too_small']],
      ['a date that is none', { name: 'x', at: '2026-02-30T10:00:00Z' }, ['body.at invalid_format']],
      ['a list', [], ['body invalid_type']],
      ['a text', 'hello', ['body invalid_type']],
      ['nothing', null, ['body invalid_type']],
    ])('is refused for %s', async (_what, body, issues) => {
      expect(await refusal(await send(JSON.stringify(body)))).toEqual([400, 'VALIDATION_ERROR', issues]);
    });

    it.each([
      ['malformed', '{"name": '],
      ['followed by something', '{"name": "x"} x'],
      ['deeper than any schema', `${'['.repeat(8_000)}${']'.repeat(8_000)}`],
      ['a way to the prototype', '{"name": "x", "__proto__": {"admin": true}}'],
      ['such a way within, before a space', '{"name": "x", "parts": [{"__proto__" : {"admin": true}}]}'],
      ['such a way, spelled with escapes', '{"name": "x", "\\u005F_pr\\u006fto_\\u005f": {"admin": true}}'],
    ])('is refused as JSON that is %s', async (_what, body) => {
      expect(await refusal(await send(body))).toEqual([400, 'VALIDATION_ERROR', ['body malformed_json']]);
    });

    it.each([
      ['as a text', '{"name": "__proto__"}'],
      ['quoted in a text', JSON.stringify({ name: 'x "__proto__": {}' })],
    ])('may hold the name of the prototype %s', async (_what, body) => {
      expect((await send(body)).status).toBe(201);
    });

    it.each([
      ['at the end of a key', JSON.stringify({ name: 'x', 'a"__proto__': {} })],
      ['at the beginning of a key', JSON.stringify({ name: 'x', __proto__x: {} })],
    ])('may hold the name of the prototype %s', async (_what, body) => {
      const [status, , issues] = await refusal(await send(body));
      expect([status, issues]).toEqual([400, [expect.stringMatching(/^body\..*__proto__.* unknown_field$/)]]);
    });

    it('may use names such as constructor as data, which reach no prototype', async () => {
      const body =
        '{"name": "x", "constructor": {"prototype": {"polluted": true}}, "prototype": {"polluted": true}}';
      expect(await refusal(await send(body))).toEqual([
        400,
        'VALIDATION_ERROR',
        ['body.constructor unknown_field', 'body.prototype unknown_field'],
      ]);
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
      expect((Object as unknown as { polluted?: boolean }).polluted).toBeUndefined();
    });

    it.each([
      '{"name": "x", "parts": [{"size": 9007199254740993}]}',
      '{"name": "x", "parts": [{"size": 1e999}]}',
    ])('is refused with a number that would become another one: %s', async (body) => {
      expect(await refusal(await send(body))).toEqual([400, 'VALIDATION_ERROR', ['body inexact_number']]);
    });

    it('must be UTF-8', async () => {
      const response = await fetch(`${app.url}/api/v1/things`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${caller.token}`, 'Content-Type': 'application/json' },
        body: Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]),
      });
      expect(await refusal(response)).toEqual([400, 'VALIDATION_ERROR', ['body malformed_json']]);
    });

    it('has a size limit, said beforehand or not', async () => {
      const large = JSON.stringify({ name: 'x'.repeat(1_100_000) });
      expect(await refusal(await send(large))).toEqual([413, 'PAYLOAD_TOO_LARGE', 'body.too_large']);
      const streamed = await fetch(`${app.url}/api/v1/things`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${caller.token}`, 'Content-Type': 'application/json' },
        body: new Blob([large]).stream(),
        duplex: 'half',
      });
      expect(await refusal(streamed)).toEqual([413, 'PAYLOAD_TOO_LARGE', 'body.too_large']);
    });

    it.each([
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/json; charset=latin1',
      'application/jsonp',
    ])('is not taken as %s', async (type) => {
      expect(await refusal(await send('{"name":"x"}', { 'Content-Type': type }))).toEqual([
        415,
        'UNSUPPORTED_MEDIA_TYPE',
        'body.media_type',
      ]);
    });

    it('is not taken compressed', async () => {
      expect(await refusal(await send('{"name":"x"}', { 'Content-Encoding': 'gzip' }))).toEqual([
        415,
        'UNSUPPORTED_MEDIA_TYPE',
        'body.encoding',
      ]);
    });

    it.each(['application/json; charset=UTF-8', 'application/merge-patch+json', 'APPLICATION/JSON'])(
      'is taken as %s',
      async (type) => {
        expect((await send('{"name":"x"}', { 'Content-Type': type })).status).toBe(201);
      },
    );
  });

  describe('its address', () => {
    it.each([
      ['/things/no-uuid', ['params.id invalid_format']],
      ['/things/%00', ['params.id invalid_format']],
      ['/things/a%2Fb', ['params.id invalid_format']],
      ['/things?limit=0', ['query.limit too_small']],
      ['/things?limit=101', ['query.limit too_big']],
      ['/things?limit=x', ['query.limit invalid_type']],
      ['/things?limit=1&limit=2', ['query.limit invalid_type']],
      ['/things?page=1e9', ['query.page too_big']],
      ['/things?sort=colour', ['query.sort invalid_value']],
      ['/things?colour=red', ['query.colour unknown_field']],
      ['/things?__proto__=1', ['query.__proto__ unknown_field']],
      ['/things?q=%00', ['query.q custom']],
      ['/things?q=', ['query.q too_small']],
      ['/things?page=1&cursor=', ['query.cursor conflicting']],
      ['/things?cursor=nonsense', ['query.cursor invalid_cursor']],
      ['/things/%E0%A4%A', ['path malformed']],
      ['/things/%', ['path malformed']],
    ])('%s is refused', async (path, issues) => {
      const response = await fetch(`${app.url}/api/v1${path}`, {
        headers: { Authorization: `Bearer ${caller.token}` },
      });
      expect(await refusal(response)).toEqual([400, 'VALIDATION_ERROR', issues]);
    });

    it.each([
      '/nowhere',
      '/things/01890a5d-ac96-774b-bcce-b302099a8057/nowhere',
      '/Things',
      '//things',
      '/things//',
      '/..%2fthings',
      `/${'a'.repeat(8_000)}`,
    ])('%.40s is no route', async (path) => {
      const response = await fetch(`${app.url}/api/v1${path}`, {
        headers: { Authorization: `Bearer ${caller.token}` },
      });
      expect(await refusal(response)).toEqual([404, 'NOT_FOUND', 'route.not_found']);
    });

    it('may end in a slash, and finds words before parameters', async () => {
      await caller.get('/things/').expect(200);
      const { body } = await caller.get('/things/latest').expect(200);
      expect(body.data.name).toBe('the static path');
    });
  });

  describe('its method', () => {
    it('is 405 with Allow if the path supports others', async () => {
      const response = await fetch(`${app.url}/api/v1/things`, { method: 'DELETE' });
      expect(response.headers.get('allow')).toBe('GET, POST, HEAD, OPTIONS');
      expect(await refusal(response)).toEqual([405, 'METHOD_NOT_ALLOWED', 'route.method']);
      expect((await fetch(`${app.url}/api/v1/things`, { method: 'PROPFIND' })).status).toBe(405);
    });

    it('may be OPTIONS: 204 with Allow', async () => {
      const response = await caller.options('/things/01890a5d-ac96-774b-bcce-b302099a8057').expect(204);
      expect(response.headers.allow).toBe('GET, PATCH, DELETE, HEAD, OPTIONS');
    });

    it('may be HEAD: the same head without a body', async () => {
      const got = await caller.get('/things').expect(200);
      const head = await caller.head('/things').expect(200);
      expect(head.text).toBeUndefined();
      expect([head.headers.etag, head.headers['content-length']]).toEqual([
        got.headers.etag,
        got.headers['content-length'],
      ]);
    });
  });

  describe('its origin', () => {
    it('may be one of the list', async () => {
      const response = await caller.get('/things').set('Origin', ORIGIN).expect(200);
      expect(response.headers).toMatchObject({
        'access-control-allow-origin': ORIGIN,
        'access-control-allow-credentials': 'true',
      });
      expect(response.headers['access-control-expose-headers']).toContain('ETag');
      expect(response.headers.vary).toContain('Origin');
    });

    it('gets no permission if it is another one', async () => {
      for (const origin of [
        'https://evil.example.org',
        'null',
        `${ORIGIN}.evil.org`,
        'http://web.example.org',
      ]) {
        const response = await caller.get('/things').set('Origin', origin).expect(200);
        expect(response.headers['access-control-allow-origin']).toBeUndefined();
      }
    });

    it('may ask beforehand', async () => {
      const preflight = (origin: string) =>
        caller
          .options('/things')
          .set('Origin', origin)
          .set('Access-Control-Request-Method', 'POST')
          .set('Access-Control-Request-Headers', 'content-type,idempotency-key')
          .expect(204);
      const allowed = await preflight(ORIGIN);
      expect(allowed.headers['access-control-allow-origin']).toBe(ORIGIN);
      expect(allowed.headers['access-control-allow-headers']).toContain('Idempotency-Key');
      expect(
        (await preflight('https://evil.example.org')).headers['access-control-allow-origin'],
      ).toBeUndefined();
    });
  });

  describe('its caller', () => {
    it('must be known, except on open routes', async () => {
      const response = await fetch(`${app.url}/api/v1/things`);
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
      expect(await refusal(response)).toEqual([401, 'UNAUTHENTICATED', 'auth.required']);
      expect((await app.anonymous.get('/open').expect(200)).body.data.caller).toBeNull();
      expect((await caller.get('/open').expect(200)).body.data.caller).not.toBeNull();
    });

    it('is asked for before anything of the request is looked at', async () => {
      const response = await fetch(`${app.url}/api/v1/things/no-uuid?x=1`, { method: 'PATCH', body: '{' });
      expect(response.status).toBe(401);
    });

    it('must be a platform admin if the route says so', async () => {
      await caller.get('/admin-only').expect(403);
      const admin = await new World(app.container).user({ isPlatformAdmin: true });
      await (await app.as(admin.id)).get('/admin-only').expect(204);
    });
  });
});
