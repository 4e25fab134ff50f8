import { match } from 'path-to-regexp';
import { parse } from '../shared/validation';
import { API_BASE } from './base';
import { wordsFirst } from './feature-routers';
import type { IdempotencyStore, StoredAnswer } from './idempotency';
import type { Call, Reply, Route } from './route';

/**
 * What a repeat of a request may be told. The first answer was made for a caller who could see all of it; by now they
 * may have left the class, or have another role. So the resource is read again, as the caller sees it now.
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
   * The resource as it is now, if it has a route of the same shape; null if the first answer may be given again.
   * @throws what stands against the caller reading it, or doing it again, by now.
   */
  async read(route: Route, call: Call, first: StoredAnswer): Promise<Reply | null> {
    const { Location: location } = first.headers;
    const found = location === undefined ? null : this.find(location);
    if (found === null) {
      // Such as a membership, which has no address of its own to read it by.
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
