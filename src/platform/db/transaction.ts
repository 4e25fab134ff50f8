import type { AsyncLocalStorage } from 'node:async_hooks';
import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';

/** If a connection does not answer a ROLLBACK within this time it is closed, which rolls back as well. */
const ROLLBACK_TIMEOUT_MS = 500;

/** The transaction took too long and was rolled back while its work continued. */
export class TransactionTimeoutError extends Error {
  override readonly name = 'TransactionTimeoutError';
  /** PostgreSQL's own code for this (transaction_timeout). */
  readonly code = '25P04';

  constructor() {
    super('The transaction lasted too long and was rolled back.');
  }
}

/**
 * PostgreSQL answered COMMIT with a rollback, because a statement inside had failed and its error was
 * swallowed.
 */
export class TransactionRolledBackError extends Error {
  override readonly name = 'TransactionRolledBackError';

  constructor() {
    super(
      'The transaction was rolled back: a statement in it had failed, and the work went on all the same.',
    );
  }
}

/** A transaction in progress, as the code that runs in it sees it. */
export interface Frame<Client> {
  /** Prisma's client of the transaction, after it has begun. */
  prisma: Client | null;
  /** The connection on which it runs. */
  connection: pg.PoolClient | null;
  /** `open` until the work is done; `timedOut` if the transaction was rolled back before that. */
  state: 'open' | 'done' | 'timedOut';
  /** On the replica, where nothing is written. */
  readonly isOnReplica: boolean;
  afterCommit: (() => void | Promise<void>)[];
}

/** What Prisma's adapter stores about a transaction. */
interface PgTransaction {
  client: pg.PoolClient;
  cleanup?: () => void;
}

/**
 * Prisma's adapter for PostgreSQL with two additions: the ambient frame learns the connection of its
 * transaction, so that raw rows can be read on it, and a COMMIT that PostgreSQL answers with ROLLBACK is an
 * error.
 */
export class AmbientPg<Client> extends PrismaPg {
  constructor(
    pool: pg.Pool,
    options: ConstructorParameters<typeof PrismaPg>[1],
    private readonly frames: AsyncLocalStorage<Frame<Client>>,
  ) {
    super(pool, options);
  }

  override async connect() {
    const adapter = await super.connect();
    const begin = adapter.startTransaction.bind(adapter);
    adapter.startTransaction = async (isolationLevel) => {
      const transaction = await begin(isolationLevel);
      const own = transaction as unknown as PgTransaction;
      const frame = this.frames.getStore();
      if (frame !== undefined) frame.connection ??= own.client;
      const rollback = () => {
        if (frame?.state === 'open') frame.state = 'timedOut';
        return rollBack(own);
      };
      // With this option, Prisma leaves COMMIT and ROLLBACK to the adapter.
      const options = { usePhantomQuery: true };
      return Object.assign(transaction, { options, commit: () => commit(own), rollback });
    };
    return adapter;
  }
}

async function commit({ client, cleanup }: PgTransaction): Promise<void> {
  let failure: Error | undefined;
  const { command } = await client
    .query('COMMIT')
    .catch((error: Error) => {
      failure = error;
      throw error;
    })
    .finally(() => {
      cleanup?.();
      client.release(failure);
    });
  if (command !== 'COMMIT') throw new TransactionRolledBackError();
}

/** Never fails: a connection that cannot run the statement is closed, and PostgreSQL rolls back by itself. */
async function rollBack({ client, cleanup }: PgTransaction): Promise<void> {
  const statement = { text: 'ROLLBACK', query_timeout: ROLLBACK_TIMEOUT_MS };
  const failure = await client.query(statement).then(
    () => undefined,
    (error: Error) => error,
  );
  cleanup?.();
  client.release(failure);
}
