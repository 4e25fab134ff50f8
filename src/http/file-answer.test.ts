import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import express from 'express';
import { rangeOf, sendFile } from './file-answer';

describe('a range of bytes', () => {
  it.each([
    [undefined, 'all'],
    ['bytes=0-3', { start: 0, end: 3 }],
    ['bytes=7-', { start: 7, end: 9 }],
    ['bytes=-2', { start: 8, end: 9 }],
    ['bytes=-20', { start: 0, end: 9 }],
    ['bytes=5-100', { start: 5, end: 9 }],
    ['bytes=10-', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=5-2', 'all'],
    ['bytes=0-1,3-4', 'all'],
    ['items=0-1', 'all'],
    ['bytes=-', 'all'],
    ['nonsense', 'all'],
  ])('%s of ten bytes', (header, expected) => {
    expect(rangeOf(header, 10)).toEqual(expected);
  });

  it('is never there in an empty file', () => {
    expect(rangeOf('bytes=0-', 0)).toBe('unsatisfiable');
    expect(rangeOf('bytes=-5', 0)).toBe('unsatisfiable');
  });
});

describe('a file as an answer', () => {
  let server: Server;
  let url: string;
  let opened = 0;
  let content = '0123456789';

  beforeAll(async () => {
    const app = express();
    app.use(async (req, res) => {
      await sendFile(req, res, {
        bytes: content.length,
        tag: 'abc',
        contentType: 'text/csv; charset=utf-8',
        fileName: 'roster-2026-11-23.csv',
        open: async ({ start, end }) => {
          opened += 1;
          return Readable.from([Buffer.from(content.slice(start, end + 1))]);
        },
      });
    });
    server = createServer(app);
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());
  beforeEach(() => {
    opened = 0;
    content = '0123456789';
  });

  it('is whole and named, and is served in parts', async () => {
    const response = await fetch(url);
    expect([response.status, await response.text()]).toEqual([200, '0123456789']);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-length': '10',
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="roster-2026-11-23.csv"',
      'accept-ranges': 'bytes',
      'cache-control': 'private, no-store',
      etag: '"abc"',
    });
  });

  it('is the part that was asked for', async () => {
    const response = await fetch(url, { headers: { Range: 'bytes=4-6' } });
    expect([response.status, await response.text()]).toEqual([206, '456']);
    expect(response.headers.get('content-range')).toBe('bytes 4-6/10');
    expect(response.headers.get('content-length')).toBe('3');
  });

  it('is a part only of the version that the client has the rest of', async () => {
    const ask = (tag: string) => fetch(url, { headers: { Range: 'bytes=4-6', 'If-Range': tag } });
    expect([(await ask('"abc"')).status, (await ask('"abd"')).status, (await ask('W/"abc"')).status]).toEqual(
      [206, 200, 200],
    );
  });

  it('is refused beyond its end, with its length', async () => {
    const response = await fetch(url, { headers: { Range: 'bytes=10-' } });
    expect([response.status, response.headers.get('content-range')]).toEqual([416, 'bytes */10']);
    expect((await response.json()) as object).toMatchObject({
      error: { code: 'RANGE_NOT_SATISFIABLE', details: { reason: 'range.unsatisfiable' } },
    });
  });

  it('is not sent again to who has it, nor opened for its head', async () => {
    const known = await fetch(url, { headers: { 'If-None-Match': '"abc"' } });
    expect([known.status, await known.text()]).toEqual([304, '']);
    const head = await fetch(url, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '10']);
    expect(opened).toBe(0);
  });

  it('may be empty', async () => {
    content = '';
    const response = await fetch(url);
    expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([
      200,
      '0',
      '',
    ]);
  });
});
