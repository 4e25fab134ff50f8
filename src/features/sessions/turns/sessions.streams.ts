import { can, type Principal, subject } from '../../../authz/ability';
import type { Logger } from '../../../platform/logging/logger';
import type { AccessService } from '../../access';
import type { Session } from '../sessions.types';

/** How long to wait before asking again, if the database cannot say now who may continue. */
const RECHECK_MS = 1_000;

/** Why a stream ends before the thing it shows has ended. */
export type StreamEnd = 'auth.ended' | 'server.shutdown';

interface Stream {
  principal: Principal;
  session: Pick<Session, 'id' | 'userId' | 'classId' | 'groupPath'>;
  controller: AbortController;
}

/** An open stream; `signal` aborts when it must end. */
export interface OpenStream {
  readonly signal: AbortSignal;
  /** Why it was ended from here; null if the client disconnected, or it was not ended. */
  readonly ended: StreamEnd | null;
  close(): void;
}

/**
 * The long-lived answers of this process. A user who may no longer see the contents loses the stream within
 * a second.
 */
export class OpenStreams {
  private readonly streams = new Set<Stream>();
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly access: AccessService,
    private readonly logger: Logger,
  ) {
    access.onChange(() => this.schedule(0));
  }

  open(principal: Principal, session: Stream['session'], client: AbortSignal): OpenStream {
    const stream: Stream = { principal, session, controller: new AbortController() };
    this.streams.add(stream);
    const { signal } = stream.controller;
    return {
      signal: AbortSignal.any([client, signal]),
      get ended() {
        return signal.aborted ? (signal.reason as StreamEnd) : null;
      },
      close: () => this.streams.delete(stream),
    };
  }

  endAll(reason: StreamEnd): void {
    for (const { controller } of this.streams) controller.abort(reason);
  }

  private schedule(delayMs: number): void {
    if (this.timer !== null || this.streams.size === 0) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      void this.recheck();
    }, delayMs);
    this.timer.unref();
  }

  private async recheck(): Promise<void> {
    for (const stream of this.streams) {
      try {
        if (!(await this.maySee(stream))) stream.controller.abort('auth.ended');
      } catch (error) {
        this.logger.warn('could not check whether a stream may continue', { error });
        this.schedule(RECHECK_MS);
        return;
      }
    }
  }

  private async maySee({ principal, session }: Stream): Promise<boolean> {
    const { sessionId, apiTokenId, credential: kind, scopes } = principal;
    const now = await this.access.findPrincipal(principal.userId, { sessionId, apiTokenId, kind, scopes });
    return now !== null && can(now, 'session.read', subject('Session', session));
  }
}
