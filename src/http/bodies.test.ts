import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type LimitedApp, startLimitedApp } from '../testing/limited-app';
import { KIB } from './json-body';
import { defineRoute, everybody, type Route, reply } from './route';
import { recordOf, text } from './schemas';

/** How many bodies reached their schema. */
let checked = 0;
const counted = <S extends z.ZodType>(schema: S) =>
  z.preprocess((value) => {
    checked += 1;
    return value;
  }, schema);
const Theme = z.strictObject({ colors: recordOf(text(1, 50), text(1, 20), 64).nullable().optional() });
const Login = z.strictObject({ email: z.string().max(254), password: z.string().max(128) });

function taking(path: string, body: z.ZodType, bodyLimit?: number): Route {
  return defineRoute({
    method: 'post',
    path,
    summary: path,
    access: everybody,
    rateLimit: 'none',
    body: counted(body),
    ...(bodyLimit === undefined ? {} : { bodyLimit }),
    success: { status: 204, description: 'Taken.' },
    handler: async () => reply.noContent(),
  });
}

const keys = (count: number): string => `{${Array.from({ length: count }, (_, i) => `"k${i}":0`).join(',')}}`;

interface Answer {
  status: number;
  details: { maxBytes?: number; issues?: unknown[] } | null;
}

describe('a body', () => {
  let app: LimitedApp;
  beforeAll(async () => {
    app = await startLimitedApp({}, [
      taking('/login', Login),
      taking('/text', z.strictObject({ text: z.string() }), 64 * KIB),
      taking('/colors', z.strictObject({ theme: Theme }), 64 * KIB),
      taking('/anything', z.unknown(), 1024 * KIB),
    ]);
  });
  afterAll(() => app.close());
  beforeEach(() => {
    checked = 0;
  });

  async function send(path: string, body: string): Promise<Answer> {
    const response = await fetch(`${app.url}${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body,
    });
    const text = await response.text();
    return { status: response.status, details: text === '' ? null : JSON.parse(text).error.details };
  }
  const textOf = (bytes: number): string => JSON.stringify({ text: 'x'.repeat(bytes - 11) });

  it('has 16 KiB unless its route declares another limit, and the answer says which', async () => {
    expect(await send('/login', textOf(16 * KIB + 1))).toEqual({
      status: 413,
      details: { reason: 'body.too_large', maxBytes: 16 * KIB },
    });
    expect((await send('/login', textOf(16 * KIB))).status).toBe(400);
    expect((await send('/text', textOf(64 * KIB))).status).toBe(204);
    expect((await send('/text', textOf(64 * KIB + 1))).details?.maxBytes).toBe(64 * KIB);
    expect(checked).toBe(2);
  });

  it.each([
    ['a log-in with 70,000 unknown keys', '/login', keys(70_000), 413],
    ['60,000 colours', '/text', `{"colors":${keys(60_000)}}`, 413],
    ['more keys than an object may have', '/anything', keys(5_000), 400],
    ['more items than a list may have', '/anything', `[${'0,'.repeat(20_000)}0]`, 400],
    ['more values than a body may have', '/anything', `[${`${'[0,0],'.repeat(9_999)}[]`}]`, 400],
    ['lists in lists', '/anything', `${'['.repeat(50_000)}${']'.repeat(50_000)}`, 400],
  ])('of %s is refused before its contents are validated', async (_what, path, body, status) => {
    expect(await send(path, body)).toMatchObject({ status });
    expect(checked).toBe(0);
  });

  it('with more unknown fields than an answer lists is refused with only their number', async () => {
    const { status, details } = await send('/login', keys(900));
    expect([status, checked]).toEqual([400, 0]);
    expect(details?.issues).toEqual([
      { path: 'body', reason: 'too_big', message: 'has 900 fields that do not exist here' },
    ]);
    expect((await send('/login', keys(40))).details?.issues).toHaveLength(42);
  });

  it('with more named entries than a field accepts is refused before any entry is validated', async () => {
    const colors = (count: number) => JSON.stringify({ theme: { colors: JSON.parse(keys(count)) } });
    expect((await send('/colors', colors(65))).details?.issues).toEqual([
      { path: 'body.theme.colors', reason: 'too_big', message: 'has more than 64 entries' },
    ]);
    expect(checked).toBe(0);
    expect((await send('/colors', colors(64))).details?.issues).toHaveLength(50);
    expect(checked).toBe(1);
  });

  it('that its client stops sending is not reported as a fault of a dependency', async () => {
    app.logger.lines.length = 0;
    const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
    socket.write(
      'POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n{"a',
    );
    await sleep(100);
    socket.destroy();
    while (!app.logger.lines.some(({ message }) => message === 'request')) await sleep(20);
    expect(app.logger.lines.map(({ level, message }) => `${level} ${message}`)).toEqual([
      'info the client closed the connection before its request was complete',
      'info request',
    ]);
    expect(app.logger.lines.at(-1)!.fields.status).toBe(499);
  });
});
