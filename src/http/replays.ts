import type { IdempotencyStore, StoredAnswer } from './idempotency';
import type { Call, Reply, Route } from './route';
import type { RouteTable } from './route-table';
import { parse } from './validation';

/**
 * What a repeat of a request may be told. The first answer was made for a caller who could see all of it; by now they
 * may have left the class, or have another role. So the resource is read again, as the caller sees it now.
 */
export class Replays {
  constructor(
    private readonly table: RouteTable,
    private readonly store: IdempotencyStore,
    /** Where the addresses of the routes begin. */
    private readonly base: string,
  ) {}

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

  private find(location: string): { reader: Route; params: Record<string, string> } | null {
    if (!location.startsWith(this.base)) return null;
    const found = this.table.find(location.slice(this.base.length));
    const reader = found?.routes.byMethod.get('GET');
    if (found == null || reader === undefined) return null;
    return { reader, params: found.params };
  }
}
