import { AsyncLocalStorage } from 'node:async_hooks';

/** Who and what the current work is for; read by the logger and the audit trail, so that no function has to pass it on. */
export interface WorkContext {
  requestId?: string;
  userId?: string;
  tenantId?: string;
  ip?: string;
  /** 'api_token' when the caller is a script with a token of the user. */
  actorKind?: 'user' | 'api_token' | 'system';
  /** How long this request has waited for connections to the database so far. */
  databaseWaitMs?: number;
}

const storage = new AsyncLocalStorage<WorkContext>();

/** The context of the work in progress, or an empty one outside of any. */
export function currentContext(): WorkContext {
  return storage.getStore() ?? {};
}

/** Runs `work` with this context; what it awaits sees it too. */
export function runInContext<T>(context: WorkContext, work: () => T): T {
  return storage.run(context, work);
}
