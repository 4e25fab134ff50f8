import type { RequestHandler } from 'express';
import { type Answers, send } from './answers';
import { type IdempotencyStore, requestHash } from './idempotency';
import type { Replays } from './replays';
import type { Route } from './route';
import { callOf } from './validate';

/**
 * Executes a request with an Idempotency-Key once. A repeat gets the first answer, as the caller may see it
 * now.
 */
export class Once {
  constructor(
    private readonly store: IdempotencyStore,
    private readonly replays: Replays,
    private readonly answers: Answers,
  ) {}

  of(route: Route): RequestHandler {
    const name = `${route.method} ${route.path}`;
    return async (req, res, next) => {
      const call = callOf(req, res);
      if (call.idempotencyKey === null || call.optionalPrincipal === null) return next();
      const { answer: first, replayed } = await this.store.once(
        call.optionalPrincipal.userId,
        call.idempotencyKey,
        name,
        requestHash(name, [call.params, call.body, call.query]),
        async () => this.answers.render(route, await route.handler(call as never)),
      );
      const now = replayed ? await this.replays.read(route, call, first) : null;
      if (replayed) res.set('Idempotency-Replayed', 'true');
      send(res, now === null ? first : this.answers.render(route, now));
    };
  }
}
