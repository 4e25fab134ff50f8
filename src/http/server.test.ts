import { Agent, get, request as httpRequest, IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import express, { type Express } from 'express';
import { Stopwatch } from '../testing/stopwatch';
import { createHttpServer, type HttpServer } from './server';

function appWith(build: (app: Express) => void): Express {
  const app = express();
  build(app);
  return app;
}

async function started(app: Express): Promise<{ server: HttpServer; url: string }> {
  const server = createHttpServer(app);
  await server.listen(0, '127.0.0.1');
  return { server, url: `http://127.0.0.1:${server.port}` };
}

/** Sends these bytes and returns everything received until the connection ends. */
function rawAnswer(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket
      .on('data', (chunk) => (answer += chunk))
      .on('end', () => resolve(answer))
      .on('error', reject);
  });
}

describe('objects born with the prototypes of Express', () => {
  let server: HttpServer;
  let url: string;
  let sameRequest: boolean;
  let sameResponse: boolean;

  beforeAll(async () => {
    const app = appWith((it) => {
      it.set('trust proxy', 1);
      it.use((req, res, next) => {
        sameRequest = Object.getPrototypeOf(req) === it.request && req instanceof IncomingMessage;
        sameResponse = Object.getPrototypeOf(res) === it.response && res instanceof ServerResponse;
        next();
      });
      it.get('/ip', (req, res) => {
        res.json({ ip: req.ip, host: req.hostname, query: req.query, path: req.path, app: req.app === it });
      });
      it.get('/format', (_req, res) => {
        res.format({ json: () => res.json({ as: 'json' }), text: () => res.send('as text') });
      });
      it.get('/more', (_req, res) => {
        res
          .status(201)
          .location('/x')
          .cookie('a', 'b')
          .append('X-Two', '1')
          .append('X-Two', '2')
          .send('done');
      });
      it.get('/away', (_req, res) => res.redirect('/ip'));
    });
    ({ server, url } = await started(app));
  });
  afterAll(() => server.stop(0));

  it('are what Express would have made of them', async () => {
    await fetch(`${url}/ip`);
    expect({ sameRequest, sameResponse }).toEqual({ sameRequest: true, sameResponse: true });
  });

  it('know the client, the query and the app', async () => {
    const response = await fetch(`${url}/ip?a=1`, { headers: { 'X-Forwarded-For': '192.0.2.7' } });
    expect(await response.json()).toEqual({
      ip: '192.0.2.7',
      host: '127.0.0.1',
      query: { a: '1' },
      path: '/ip',
      app: true,
    });
  });

  it('answer in the format that is asked for', async () => {
    expect(await (await fetch(`${url}/format`, { headers: { Accept: 'text/plain' } })).text()).toBe(
      'as text',
    );
    expect(await (await fetch(`${url}/format`, { headers: { Accept: 'application/json' } })).json()).toEqual({
      as: 'json',
    });
  });

  it('set status, headers and cookies, and redirect', async () => {
    const response = await fetch(`${url}/more`);
    expect([response.status, response.headers.get('location'), response.headers.get('x-two')]).toEqual([
      201,
      '/x',
      '1, 2',
    ]);
    expect(response.headers.getSetCookie()).toEqual(['a=b; Path=/']);
    expect(await response.text()).toBe('done');
    expect((await fetch(`${url}/away`)).url).toBe(`${url}/ip`);
  });
});

describe('an invalid request', () => {
  let server: HttpServer;
  beforeAll(async () => {
    ({ server } = await started(appWith((app) => app.use((_req, res) => res.send('fine')))));
  });
  afterAll(() => server.stop(0));

  it.each([
    ['is no HTTP', 'HELLO\r\n\r\n', 400, 'request.malformed'],
    ['has a method that nobody knows', 'BREW / HTTP/1.1\r\nHost: x\r\n\r\n', 400, 'request.malformed'],
    [
      'has a head beyond the limit',
      `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'a'.repeat(20_000)}\r\n\r\n`,
      431,
      'request.head_too_large',
    ],
    [
      'has a path beyond the limit',
      `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
      431,
      'request.head_too_large',
    ],
    [
      'says two lengths',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
      400,
      'request.malformed',
    ],
    [
      'says a length and chunks',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
      'request.malformed',
    ],
    ['has a broken header', 'GET / HTTP/1.1\r\nHost: x\r\nBad Header: 1\r\n\r\n', 400, 'request.malformed'],
  ])('%s: refused in our envelope', async (_what, text, status, reason) => {
    const [head, body] = (await rawAnswer(server.port, text)).split('\r\n\r\n') as [string, string];
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(JSON.parse(body)).toMatchObject({
      error: { code: 'VALIDATION_ERROR', details: { reason }, requestId: expect.any(String) },
    });
  });
});

/** The answer's Connection header. */
function connectionOf(url: string, agent: Agent): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) =>
      response.resume().on('end', () => resolve(response.headers.connection)),
    ).on('error', reject);
  });
}

describe('stopping', () => {
  function slowApp(): Express {
    return appWith((app) => {
      app.get('/slow', async (_req, res) => {
        await sleep(600);
        res.json({ draining: app.enabled('draining') });
      });
      app.get('/stream', async (_req, res) => {
        for (let i = 0; i < 5; i += 1) {
          res.write(`part ${i}\n`);
          await sleep(100);
        }
        res.end('end\n');
      });
      app.get('/endless', (_req, res) => {
        res.write('begun\n');
      });
      app.get('/fast', (_req, res) => {
        res.json({});
      });
    });
  }

  it('lets open requests and streams end, and accepts no new connections', async () => {
    const { server, url } = await started(slowApp());
    const [slow, stream] = [fetch(`${url}/slow`), fetch(`${url}/stream`)];
    await sleep(100);
    const watch = new Stopwatch();
    const stopped = server.stop(5_000);
    await sleep(300);
    await expect(fetch(`${url}/fast`)).rejects.toThrow();
    const answer = await slow;
    expect([answer.status, await answer.json(), answer.headers.get('connection')]).toEqual([
      200,
      { draining: true },
      'close',
    ]);
    expect(await (await stream).text()).toMatch(/part 4\nend\n$/);
    expect(await stopped).toBe(0);
    expect(watch.stop()).toBeLessThan(2_000);
  });

  it('answers a request that is already on its way, and ends the connection with it', async () => {
    const { server } = await started(slowApp());
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const get = (path: string) =>
      new Promise<[number | undefined, string | undefined]>((resolve, reject) => {
        httpRequest({ port: server.port, host: '127.0.0.1', path, agent }, (res) => {
          res.resume().on('end', () => resolve([res.statusCode, res.headers.connection]));
        })
          .on('error', reject)
          .end();
      });
    expect(await get('/fast')).toEqual([200, 'keep-alive']);
    const stopped = server.stop(5_000);
    expect(await get('/fast')).toEqual([200, 'close']);
    expect(await stopped).toBe(0);
  });

  it('closes idle connections instead of waiting for them', async () => {
    const { server } = await started(slowApp());
    const socket = connect(server.port, '127.0.0.1');
    await sleep(50);
    const watch = new Stopwatch();
    expect(await server.stop(10_000)).toBe(0);
    expect(watch.stop()).toBeLessThan(2_000);
    socket.destroy();
  });

  it('cuts off requests that exceed the grace period', async () => {
    const { server, url } = await started(slowApp());
    const endless = await fetch(`${url}/endless`);
    const begun = Date.now();
    expect(await server.stop(300)).toBe(1);
    expect(Date.now() - begun).toBeGreaterThanOrEqual(290);
    await expect(endless.text()).rejects.toThrow();
  });

  it('is done once, however often it is asked for', async () => {
    const { server } = await started(slowApp());
    expect(await Promise.all([server.stop(1_000), server.stop(1_000)])).toEqual([0, 0]);
  });

  it('fails nobody who heeds that the connection closes, round after round under load', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { server, url } = await started(slowApp());
      let answered = 0;
      // Each caller has one connection, so that no unused one is left over.
      const callers = Array.from({ length: 10 }, async () => {
        const agent = new Agent({ keepAlive: true, maxSockets: 1 });
        for (let isOpen = true; isOpen; answered += 1)
          isOpen = (await connectionOf(`${url}/fast`, agent)) !== 'close';
      });
      while (answered < 50) await sleep(5);
      // Long enough for callers on a busy machine; it ends when the last of them has disconnected.
      expect(await server.stop(20_000, 15_000)).toBe(0);
      await Promise.all(callers);
    }
  });
});
