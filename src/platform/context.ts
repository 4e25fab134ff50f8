import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * Whom and what the current work is for. The logger and the audit trail read it, so that no function has to
 * pass it on.
 */
export interface WorkContext {
  requestId?: string;
  userId?: string;
  tenantId?: string;
  ip?: string;
  /** 'api_token' if the caller is a script with a user's token. */
  actorKind?: 'user' | 'api_token' | 'system';
  /** How long this request has waited for database connections so far. */
  databaseWaitMs?: number;
}

const storage = new AsyncLocalStorage<WorkContext>();

/** Returns the context of the current work; an empty one outside of any. */
export function currentContext(): WorkContext {
  return storage.getStore() ?? {};
}

/** Runs `work` in this context; everything that it awaits sees it too. */
export function runInContext<T>(context: WorkContext, work: () => T): T {
  return storage.run(context, work);
}
