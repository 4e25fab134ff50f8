import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { Request, Response } from 'express';
import type { AppError } from '../shared/errors';
import { ERRORS, errorBody } from './error-response';
import { SECURITY_HEADERS } from './headers';

/** Name and value in turn: the form that Node writes fastest, as long as nothing is set on the response before. */
export type HeaderPairs = (string | readonly string[])[];

const SECURITY_PAIRS: readonly string[] = SECURITY_HEADERS.flat();
const SECURITY_NAMES: ReadonlySet<string> = new Set(SECURITY_HEADERS.map(([name]) => name.toLowerCase()));
const SAFE_REQUEST_ID = /^[\w.-]{8,128}$/;

/** The request id that a proxy or client chose, if it is harmless, else one of ours. */
function requestIdOf(req: Request): string {
  const given = req.headers['x-request-id'];
  return typeof given === 'string' && SAFE_REQUEST_ID.test(given) ? given : randomUUID();
}

/** One request and the answer to it: gathers the header fields and writes them with the body in one piece. */
export class Exchange {
  readonly requestId: string;
  readonly startedAt = performance.now();
  private readonly head: HeaderPairs;
  /** Security headers that this answer sets otherwise, such as Cache-Control. */
  private replaced: Set<string> | null = null;

  constructor(
    readonly req: Request,
    readonly res: Response,
  ) {
    this.requestId = requestIdOf(req);
    this.head = ['X-Request-Id', this.requestId];
  }

  /** Adds a header field to the answer. */
  set(name: string, value: string | readonly string[]): void {
    this.head.push(name, value);
    if (SECURITY_NAMES.has(name.toLowerCase()))
      this.replaced = (this.replaced ?? new Set()).add(name.toLowerCase());
  }

  add(pairs: Readonly<HeaderPairs>): void {
    this.head.push(...pairs);
  }

  /** Puts the gathered fields on the response, for a handler that writes its answer by itself. */
  handOver(): void {
    for (const [name, value] of SECURITY_HEADERS) this.res.setHeader(name, value);
    for (let i = 0; i < this.head.length; i += 2)
      this.res.setHeader(this.head[i] as string, this.head[i + 1] as string);
  }

  /** Answers with this JSON text; '' is no body. */
  send(status: number, body: string): void {
    const { req, res, head } = this;
    if (body !== '')
      head.push(
        'Content-Type',
        'application/json; charset=utf-8',
        'Content-Length',
        String(Buffer.byteLength(body)),
      );
    res.writeHead(status, [...this.securityPairs(), ...head] as string[]);
    // As a string: Node joins it to the head and the socket is written once.
    res.end(body === '' || req.method === 'HEAD' ? undefined : body);
  }

  private securityPairs(): readonly string[] {
    const { replaced } = this;
    if (replaced === null) return SECURITY_PAIRS;
    return SECURITY_HEADERS.filter(([name]) => !replaced.has(name.toLowerCase())).flat();
  }

  /** Answers with what may be said about the error, or cuts an answer off that is on its way already. */
  sendError(error: AppError): void {
    if (this.res.headersSent) {
      this.res.destroy();
      return;
    }
    const { status, code } = ERRORS[error.kind];
    if (error.retryAfterSeconds !== undefined)
      this.set('Retry-After', String(Math.max(1, Math.ceil(error.retryAfterSeconds))));
    if (status === 401) this.set('WWW-Authenticate', 'Bearer');
    this.send(status, JSON.stringify(errorBody(code, error.message, error.details, this.requestId)));
  }
}
