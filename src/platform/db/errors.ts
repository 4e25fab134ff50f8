/**
 * What the database reports about a failure, in one shape for Prisma's errors and those of our own
 * statements.
 */
interface DatabaseFailure {
  /** SQLSTATE, Prisma code or network code. */
  code: string | undefined;
  /** The kind of failure, as Prisma's adapter names it. */
  kind: string | undefined;
  constraint: string | undefined;
  message: string;
}

const UNAVAILABLE = new Set([
  // PostgreSQL: shutting down, starting, out of connections, statement cancelled by its time limit.
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
  // Prisma: server unreachable, timed out, connection closed, pool timeout, transaction could not start or
  // took too long.
  'P1001',
  'P1002',
  'P1008',
  'P1017',
  'P2024',
  'P2028',
  'P2039',
]);
/** The kinds that Prisma's adapter reports before Prisma turns them into its own errors. */
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
  // Not `instanceof Error`: if code runs in a sandbox, errors of Node's own sockets come from another
  // realm.
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
    // Errors of other libraries may have numeric codes (HTTP or gRPC statuses).
    code: typeof said === 'string' ? said : undefined,
    kind: original.kind,
    constraint: constraint ?? /constraint "([^"]+)"/.exec(text)?.[1],
    message: `${String(error.message)} ${original.originalMessage ?? ''}`,
  };
}

/** Whether the error means that the database cannot be reached or did not answer in time. */
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

/** Whether the same transaction may succeed if it runs again (deadlock, serialization failure). */
export function isRetryableConflict(error: unknown): boolean {
  const failure = failureOf(error);
  return failure?.code !== undefined && RETRYABLE.has(failure.code);
}

/**
 * Returns the name of the constraint that refused a write, as in the migrations; null for any other
 * failure.
 */
export function violatedConstraint(error: unknown): string | null {
  const failure = failureOf(error);
  if (failure === null) return null;
  const refused =
    failure.code?.startsWith('23') || ['P2002', 'P2003', 'P2004', 'P2011'].includes(failure.code ?? '');
  return refused ? (failure.constraint ?? null) : null;
}
