/** What the database says of a failure, the same for Prisma's errors and for those of our own statements. */
interface DatabaseFailure {
  /** SQLSTATE, Prisma code or network code. */
  code: string | undefined;
  /** The kind of failure in the words of Prisma's adapter. */
  kind: string | undefined;
  constraint: string | undefined;
  message: string;
}

const UNAVAILABLE = new Set([
  // PostgreSQL: shutting down, starting, out of connections, statement cut by its time limit.
  '57P01',
  '57P02',
  '57P03',
  '53300',
  '57014',
  '25P03',
  '25P04',
  // Network.
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EPIPE',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  // Prisma: cannot reach, timed out, connection closed, pool timeout, transaction could not start or went on too long.
  'P1001',
  'P1002',
  'P1008',
  'P1017',
  'P2024',
  'P2028',
  'P2039',
]);
/** What Prisma's adapter says before Prisma has made an error of its own of it. */
const UNAVAILABLE_KINDS = new Set([
  'DatabaseNotReachable',
  'ConnectionClosed',
  'SocketTimeout',
  'TooManyConnections',
  'TlsConnectionError',
]);
const UNAVAILABLE_TEXT =
  /timeout exceeded when trying to connect|Query read timeout|Connection terminated|connection timeout|timeout expired|Client was closed|Client has encountered a connection error|not queryable|terminating connection|database system is (starting up|shutting down)|unexpected message from server/i;
const RETRYABLE = new Set(['40001', '40P01', 'P2034']);

function failureOf(error: unknown): DatabaseFailure | null {
  // Not `instanceof Error`: the errors of Node's own sockets are of another realm where code runs in a sandbox.
  if (typeof error !== 'object' || error === null || !('message' in error)) return null;
  const { code, constraint, meta } = error as {
    code?: unknown;
    constraint?: string;
    meta?: { driverAdapterError?: { cause?: Record<string, unknown> } };
  };
  const cause = meta?.driverAdapterError?.cause ?? (error as { cause?: Record<string, unknown> }).cause;
  const original =
    cause !== undefined && cause !== null
      ? (cause as { kind?: string; originalCode?: string; originalMessage?: string })
      : {};
  const text = original.originalMessage ?? String(error.message);
  const said = original.originalCode ?? code;
  return {
    // Errors of other libraries may carry numbers (HTTP or gRPC statuses).
    code: typeof said === 'string' ? said : undefined,
    kind: original.kind,
    constraint: constraint ?? /constraint "([^"]+)"/.exec(text)?.[1],
    message: `${String(error.message)} ${original.originalMessage ?? ''}`,
  };
}

/** Whether this says that the database cannot be reached or did not answer in time. */
export function isDatabaseUnavailable(error: unknown): boolean {
  const failure = failureOf(error);
  if (failure === null) return false;
  const { code } = error as { code?: unknown };
  return (
    (failure.code !== undefined && (UNAVAILABLE.has(failure.code) || failure.code.startsWith('08'))) ||
    (typeof code === 'string' && UNAVAILABLE.has(code)) ||
    (failure.kind !== undefined && UNAVAILABLE_KINDS.has(failure.kind)) ||
    UNAVAILABLE_TEXT.test(failure.message)
  );
}

/** Whether the same transaction, run again from its beginning, may well succeed (deadlock, serialization failure). */
export function isRetryableConflict(error: unknown): boolean {
  const failure = failureOf(error);
  return failure?.code !== undefined && RETRYABLE.has(failure.code);
}

/** The constraint that refused a write, by the name it has in the migrations, or null for any other failure. */
export function violatedConstraint(error: unknown): string | null {
  const failure = failureOf(error);
  if (failure === null) return null;
  const refused =
    failure.code?.startsWith('23') || ['P2002', 'P2003', 'P2004', 'P2011'].includes(failure.code ?? '');
  return refused ? (failure.constraint ?? null) : null;
}
