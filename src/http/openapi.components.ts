import { ERRORS, errorBody, METHOD_NOT_ALLOWED } from './error-response';
import { DEFAULT_BODY_BYTES } from './json-body';
import type { JsonSchema } from './openapi.schemas';

const schemaRef = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const headerRef = (name: string) => ({ $ref: `#/components/headers/${name}` });
const text = { type: 'string' };

export const ErrorSchema: JsonSchema = {
  type: 'object',
  description: 'The form of every error. Codes and reasons are stable; messages are for people.',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message', 'details', 'requestId'],
      properties: {
        code: {
          type: 'string',
          enum: [...new Set([...Object.values(ERRORS).map(({ code }) => code), METHOD_NOT_ALLOWED.code])],
        },
        message: text,
        details: {
          type: 'object',
          properties: {
            reason: { type: 'string', description: 'A more specific code, for example `group.cycle`.' },
            limit: {
              type: 'string',
              description: 'With RATE_LIMITED: the name of the limit, as in `RateLimit`.',
            },
            retryAfterSeconds: {
              type: 'integer',
              description: 'With RATE_LIMITED: the seconds to wait, as in `Retry-After`.',
            },
            maxBytes: {
              type: 'integer',
              description: 'With PAYLOAD_TOO_LARGE: the largest body that the route takes.',
            },
            issues: {
              type: 'array',
              description: 'With VALIDATION_ERROR: each field that is not valid.',
              items: {
                type: 'object',
                required: ['path', 'reason', 'message'],
                properties: {
                  path: { type: 'string', examples: ['body.name'] },
                  reason: text,
                  message: text,
                },
              },
            },
          },
          additionalProperties: true,
        },
        requestId: {
          type: 'string',
          description: 'The same as in `X-Request-Id`. Send it to the operator if you report a problem.',
        },
      },
    },
  },
};

export const HEADERS: Readonly<Record<string, JsonSchema>> = {
  'X-Request-Id': {
    description: 'The id of this request: the id that you sent if it is valid, otherwise a new id.',
    schema: text,
  },
  ETag: {
    description: 'The version of this answer, for `If-None-Match` and `If-Match`.',
    schema: { type: 'string', examples: ['"3-hV0aBc12dEfGh345"'] },
  },
  Location: {
    description: 'The address of the new resource.',
    schema: { type: 'string', format: 'uri-reference' },
  },
  'Retry-After': {
    description: 'The seconds to wait before you try again.',
    schema: { type: 'integer', minimum: 1 },
  },
  RateLimit: {
    description: 'What is left of each limit that this request counted against.',
    schema: { type: 'string', examples: ['"default"; r=99; t=60'] },
  },
  'RateLimit-Policy': {
    description: 'The limits: requests (q) in a window of seconds (w).',
    schema: { type: 'string', examples: ['"default"; q=100; w=60'] },
  },
  'Idempotency-Replayed': {
    description: '`true` if this is the stored first answer for this `Idempotency-Key`.',
    schema: { type: 'string', enum: ['true'] },
  },
  'WWW-Authenticate': { description: 'The authentication scheme to use.', schema: text },
};

export const PARAMETERS: Readonly<Record<string, JsonSchema>> = {
  IfNoneMatch: {
    name: 'If-None-Match',
    in: 'header',
    description: 'An ETag. If the answer has not changed, you get 304 without a body.',
    schema: text,
  },
  IfMatch: {
    name: 'If-Match',
    in: 'header',
    description: 'An ETag. The resource is changed only if it still has this version; otherwise you get 412.',
    schema: text,
  },
  IdempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    description:
      'A key of your choice. If you send the same request with the same key again within 24 hours, it has no second effect and you get the first answer.',
    schema: { type: 'string', minLength: 1, maxLength: 255 },
  },
  LastEventId: {
    name: 'Last-Event-ID',
    in: 'header',
    description: 'The id of the last event that you received. The stream continues after it.',
    schema: text,
  },
  CsrfToken: {
    name: 'X-CSRF-Token',
    in: 'header',
    description: 'Only if you authenticate with cookies: the value of the csrf cookie.',
    schema: text,
  },
};

interface ErrorResponse {
  status: number;
  description: string;
  code: string;
  details: Record<string, unknown>;
  headers?: readonly string[];
}

const ISSUE = {
  path: 'body.name',
  reason: 'too_small',
  message: 'Too small: expected string to have >=1 characters',
};

/** The errors that every route can answer, by the name of their component. */
export const ERROR_RESPONSES: Readonly<Record<string, ErrorResponse>> = {
  BadRequest: {
    status: 400,
    code: 'VALIDATION_ERROR',
    description: 'The request is not valid. `details.issues` names each field.',
    details: { issues: [ISSUE] },
  },
  Unauthenticated: {
    status: 401,
    code: 'UNAUTHENTICATED',
    description: 'You are not signed in, or the credential is not valid.',
    details: { reason: 'auth.required' },
    headers: ['WWW-Authenticate'],
  },
  Forbidden: {
    status: 403,
    code: 'FORBIDDEN',
    description: 'You may not do this, or the API token does not have the scope.',
    details: { reason: 'auth.forbidden' },
  },
  NotFound: {
    status: 404,
    code: 'NOT_FOUND',
    description: 'There is no such resource, or you may not see it.',
    details: { reason: 'group.not_found' },
  },
  Conflict: {
    status: 409,
    code: 'CONFLICT',
    description: 'The current state does not allow this.',
    details: { reason: 'group.cycle' },
  },
  PreconditionFailed: {
    status: 412,
    code: 'PRECONDITION_FAILED',
    description: 'The resource has changed since the version in `If-Match`.',
    details: { reason: 'precondition.changed' },
  },
  PayloadTooLarge: {
    status: 413,
    code: 'PAYLOAD_TOO_LARGE',
    description: 'The body is larger than this route takes.',
    details: { reason: 'body.too_large', maxBytes: DEFAULT_BODY_BYTES },
  },
  UnsupportedMediaType: {
    status: 415,
    code: 'UNSUPPORTED_MEDIA_TYPE',
    description: 'The body is not `application/json` in UTF-8.',
    details: { reason: 'body.media_type' },
  },
  Unprocessable: {
    status: 422,
    code: 'UNPROCESSABLE',
    description:
      'The request is well-formed but cannot be done, or the `Idempotency-Key` was used for another request.',
    details: { reason: 'idempotency.key_reused' },
  },
  RateLimited: {
    status: 429,
    code: 'RATE_LIMITED',
    description: 'A rate limit is used up. The body names the limit and the seconds to wait.',
    details: { reason: 'rate_limit.exceeded', limit: 'default', retryAfterSeconds: 12 },
    headers: ['Retry-After', 'RateLimit', 'RateLimit-Policy'],
  },
  Internal: {
    status: 500,
    code: 'INTERNAL',
    description: 'An internal error. Send the request id to the operator.',
    details: {},
  },
  Unavailable: {
    status: 503,
    code: 'DEPENDENCY_UNAVAILABLE',
    description: 'A part of the system is not available at the moment.',
    details: { reason: 'database.unavailable' },
    headers: ['Retry-After'],
  },
};

function errorResponse({ code, description, details, headers = [] }: ErrorResponse): JsonSchema {
  return {
    description,
    headers: Object.fromEntries(['X-Request-Id', ...headers].map((name) => [name, headerRef(name)])),
    content: {
      'application/json': {
        schema: schemaRef('Error'),
        examples: {
          error: { value: errorBody(code, description, details, '0f8fad5b-d9cb-469f-a165-70867728950e') },
        },
      },
    },
  };
}

/** `components` of the document, without schemas and security schemes. */
export const SHARED_COMPONENTS = {
  headers: HEADERS,
  parameters: PARAMETERS,
  responses: Object.fromEntries(
    Object.entries(ERROR_RESPONSES).map(([name, response]) => [name, errorResponse(response)]),
  ),
};
