import { STATUS_CODES } from 'node:http';
import { newId } from '../shared/ids';
import { errorBody } from './error-response';

interface Refusal {
  status: number;
  code: string;
  reason: string;
  message: string;
}

const REFUSALS: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    code: 'VALIDATION_ERROR',
    reason: 'request.head_too_large',
    message: 'The request line and headers are too large. Send fewer or shorter headers.',
  },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: {
    status: 413,
    code: 'PAYLOAD_TOO_LARGE',
    reason: 'body.too_large',
    message: 'The body is too large.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    code: 'VALIDATION_ERROR',
    reason: 'request.timeout',
    message: 'The request did not arrive in time. Try again.',
  },
};
const NOT_HTTP: Refusal = {
  status: 400,
  code: 'VALIDATION_ERROR',
  reason: 'request.malformed',
  message: 'This is not a well-formed HTTP request.',
};

/**
 * Returns the text of a whole HTTP answer to a request that Node's parser has refused with this error code.
 */
export function malformedRequestAnswer(errorCode: string): string {
  const { status, code, reason, message } = REFUSALS[errorCode] ?? NOT_HTTP;
  const requestId = newId();
  const body = JSON.stringify(errorBody(code, message, { reason }, requestId));
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'X-Content-Type-Options: nosniff',
    `X-Request-Id: ${requestId}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}
