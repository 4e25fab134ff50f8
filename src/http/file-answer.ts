import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import { isNotModified } from './conditional';
import { errorBody } from './error-response';

export interface FileAnswer {
  bytes: number;
  /** Identifies this file's content; without quotes. */
  tag: string;
  contentType: string;
  /** ASCII letters, digits, `-`, `_` and `.`. */
  fileName: string;
  /** The bytes from `start` to `end`, both included. */
  open(range: { start: number; end: number }): Promise<Readable>;
}

type Wanted = { start: number; end: number } | 'all' | 'unsatisfiable';

/**
 * Returns the requested range of bytes (RFC 9110 §14). Several ranges, other units and invalid headers are
 * answered with the whole file.
 */
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

/** What the request wants. A part of another version of the file would be useless. */
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
 * Answers with a file, or with the part of it that the request asks for. Only the bytes in transit are held
 * in memory, so a client that disconnects or reads slowly costs nothing more.
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
  // Opened before the head is sent, so that a missing file can still be answered with an error.
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
    // A client that disconnects is no error. Anything else has cut off the answer, which can no longer be
    // changed.
    if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE' && error.code !== 'ECONNRESET') throw error;
  });
}
