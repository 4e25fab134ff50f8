import { match } from 'path-to-regexp';
import { parse } from '../shared/validation';
import { API_BASE } from './base';
import { wordsFirst } from './feature-routers';
import type { IdempotencyStore, StoredAnswer } from './idempotency';
import type { Call, Reply, Route } from './route';

/**
 * Decides what a repeat of a request may show. The first answer was made for a caller who could see all of
 * it; since then they may have left the class or changed their role. So the resource is read again, as the
 * caller may see it now.
 */
export class Replays {
  private readonly readers: readonly { route: Route; matches: ReturnType<typeof match> }[];

  constructor(
    routes: readonly Route[],
    private readonly store: IdempotencyStore,
  ) {
    this.readers = routes
      .filter(({ method }) => method === 'get')
      .toSorted((one, other) => wordsFirst(one.path, other.path))
      .map((route) => ({ route, matches: match(API_BASE + route.path, { sensitive: true }) }));
  }

  /**
   * Reads the resource as it is now, if it has a route of the same shape; null if the first answer may be
   * repeated.
   * @throws the error of reading it, or of doing it again, if the caller may no longer do so
   */
  async read(route: Route, call: Call, first: StoredAnswer): Promise<Reply | null> {
    const { Location: location } = first.headers;
    const found = location === undefined ? null : this.find(location);
    if (found === null) {
      // A resource without an address of its own, such as a membership, cannot be read back.
      await this.store.rehearse(() => route.handler(call as never));
      return null;
    }
    const { reader, params } = found;
    const reply = await reader.handler({
      ...call,
      params: reader.params === undefined ? {} : parse('params', reader.params, params),
      query: reader.query === undefined ? {} : parse('query', reader.query, {}),
      body: undefined,
      ifMatch: null,
      idempotencyKey: null,
    } as never);
    if (reader.success.data !== route.success.data || location === undefined) return null;
    return { ...reply, status: first.status as Reply['status'] & number, location };
  }

  private find(location: string): { reader: Route; params: object } | null {
    for (const { route, matches } of this.readers) {
      const found = matches(location);
      if (found !== false) return { reader: route, params: found.params };
    }
    return null;
  }
}
