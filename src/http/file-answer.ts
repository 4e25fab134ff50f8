import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import { isNotModified } from './conditional';
import { errorBody } from './error-response';

export interface FileAnswer {
  bytes: number;
  /** What tells this file's content from any other's; without quotes. */
  tag: string;
  contentType: string;
  /** ASCII letters, digits, `-`, `_` and `.`. */
  fileName: string;
  /** The bytes from `start` to `end`, both included. */
  open(range: { start: number; end: number }): Promise<Readable>;
}

type Wanted = { start: number; end: number } | 'all' | 'unsatisfiable';

/** RFC 9110 §14: one range of bytes; several of them, other units and nonsense are answered with the whole. */
export function rangeOf(header: string | undefined, bytes: number): Wanted {
  const [, first = '', last = ''] = /^bytes=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(header ?? '') ?? [];
  if (first === '' && last === '') return 'all';
  if (first === '') {
    const length = Math.min(Number(last), bytes);
    return length === 0 ? 'unsatisfiable' : { start: bytes - length, end: bytes - 1 };
  }
  const start = Number(first);
  const end = last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1);
  if (last !== '' && Number(last) < start) return 'all';
  return start >= bytes ? 'unsatisfiable' : { start, end };
}

/** What the request wants, where a part of another version of the file would be of no use. */
function wantedOf(req: Request, { bytes, tag }: FileAnswer): Wanted {
  const ifRange = req.headers['if-range'];
  return ifRange !== undefined && ifRange !== `"${tag}"` ? 'all' : rangeOf(req.headers.range, bytes);
}

function refuse(res: Response, bytes: number): void {
  const requestId = String(res.getHeader('X-Request-Id') ?? '');
  const body = errorBody(
    'RANGE_NOT_SATISFIABLE',
    'The file is shorter than the range that you asked for.',
    { reason: 'range.unsatisfiable' },
    requestId,
  );
  res.setHeader('Content-Range', `bytes */${bytes}`);
  res.status(416).json(body);
}

/**
 * Answers with a file, or with the part of it that the request asks for. Nothing of it is held in memory but what is on
 * its way; a client that goes away or reads slowly costs nothing more.
 */
export async function sendFile(req: Request, res: Response, file: FileAnswer): Promise<void> {
  const tag = `"${file.tag}"`;
  const head = { ETag: tag, 'Accept-Ranges': 'bytes', 'Cache-Control': 'private, no-store' };
  if (isNotModified(req.headers['if-none-match'], tag)) {
    res.writeHead(304, head).end();
    return;
  }
  const wanted = wantedOf(req, file);
  if (wanted === 'unsatisfiable') return refuse(res, file.bytes);
  const range = wanted === 'all' ? { start: 0, end: file.bytes - 1 } : wanted;
  const length = range.end - range.start + 1;
  const isWanted = req.method !== 'HEAD' && length > 0;
  // Opened before the head is sent: a file that is not there can still be answered with an error.
  const stream = isWanted ? await file.open(range) : null;
  res.writeHead(wanted === 'all' ? 200 : 206, {
    ...head,
    'Content-Type': file.contentType,
    'Content-Length': length,
    'Content-Disposition': `attachment; filename="${file.fileName}"`,
    ...(wanted === 'all' ? {} : { 'Content-Range': `bytes ${range.start}-${range.end}/${file.bytes}` }),
  });
  if (stream === null) {
    res.end();
    return;
  }
  await pipeline(stream, res).catch((error: NodeJS.ErrnoException) => {
    // The client has gone: its own affair. Anything else has cut the answer off, which is all that can be done now.
    if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE' && error.code !== 'ECONNRESET') throw error;
  });
}
