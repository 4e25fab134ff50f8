import { InvalidInputError, UnavailableError } from '../../shared/errors';

/**
 * What a failed call to Temporal means: `away` is temporary (unreachable, overloaded, no access), `refused`
 * would happen again, `failed` may be either.
 */
export type TemporalFailure = 'away' | 'refused' | 'failed';

/** gRPC status codes. NOT_FOUND at a start means the namespace, which operators can still create. */
const AWAY = new Map([
  [1, 'cancelled'],
  [4, 'deadline exceeded'],
  [5, 'namespace not found'],
  [7, 'permission denied'],
  [8, 'resource exhausted'],
  [14, 'unavailable'],
  [16, 'unauthenticated'],
]);
const INVALID_ARGUMENT = 3;

function grpcErrorOf(error: unknown): { code: number; details: string } | null {
  const cause = error instanceof Error ? (error.cause ?? error) : null;
  const { code, details } = (cause ?? {}) as { code?: unknown; details?: unknown };
  return typeof code === 'number' ? { code, details: typeof details === 'string' ? details : '' } : null;
}

/** Classifies a failure of Temporal. */
export function temporalFailureOf(error: unknown): TemporalFailure {
  const grpc = grpcErrorOf(error);
  // Without an answer of the server, the call itself is at fault, such as an input that cannot be
  // serialized.
  if (grpc === null) return 'refused';
  if (AWAY.has(grpc.code)) return 'away';
  return grpc.code === INVALID_ARGUMENT ? 'refused' : 'failed';
}

/** Whether the cluster lacks one of our search attributes. */
export function isUnknownSearchAttribute(error: unknown): boolean {
  const grpc = grpcErrorOf(error);
  return grpc?.code === INVALID_ARGUMENT && /search attribute/i.test(grpc.details);
}

/**
 * Turns a failure into an error for an HTTP caller. A failure that is neither `away` nor `refused` is our
 * own bug, and stays unchanged.
 */
export function translateTemporalError(error: unknown): unknown {
  const grpc = grpcErrorOf(error);
  if (grpc !== null && AWAY.has(grpc.code)) return new UnavailableError('temporal');
  if (grpc?.code === INVALID_ARGUMENT) {
    return new InvalidInputError('Temporal refused the request.', { reason: 'temporal.refused' });
  }
  return error;
}

/** One line for logs and for the outbox row. */
export function describeTemporalError(error: unknown): string {
  const grpc = grpcErrorOf(error);
  if (grpc === null) return error instanceof Error ? error.message : String(error);
  return `${AWAY.get(grpc.code) ?? `gRPC ${grpc.code}`}${grpc.details === '' ? '' : `: ${grpc.details}`}`.slice(
    0,
    500,
  );
}
