import type { Principal } from '../../../src/authz/ability';
import type { Container } from '../../../src/container';
import { runInContext } from '../../../src/platform/context';
import type { DemoClock } from './demo-clock';

/** Runs the demo: people act through the services at moments in the past. */
export class Stage {
  private readonly userIds = new Map<string, string>();
  private readonly principals = new Map<string, Principal>();

  constructor(
    readonly container: Container,
    readonly clock: DemoClock,
  ) {}

  /** Registers a person by key (staff) or e-mail (students). */
  enter(key: string, userId: string): void {
    this.userIds.set(key, userId);
  }

  /** The number of people. */
  get size(): number {
    return this.userIds.size;
  }

  idOf(key: string): string {
    return known(this.userIds, key);
  }

  /** Does work as this person, with the roles they have at that moment. */
  async as<T>(key: string, work: (principal: Principal) => Promise<T>): Promise<T> {
    const principal = await this.principalOf(key);
    const { userId, tenantId } = principal;
    const context = { userId, actorKind: 'user' as const, ...(tenantId === null ? {} : { tenantId }) };
    return runInContext(context, () => work(principal));
  }

  /** Clears the cached rights of all people after roles have changed. */
  rolesChanged(): void {
    this.principals.clear();
  }

  private async principalOf(key: string): Promise<Principal> {
    const remembered = this.principals.get(key);
    if (remembered !== undefined) return remembered;
    const credential = { sessionId: null, kind: 'system' as const, scopes: null };
    const principal = await this.container.access.findPrincipal(this.idOf(key), credential);
    if (principal === null) throw new Error(`${key} may do nothing`);
    this.principals.set(key, principal);
    return principal;
  }
}

/** @throws Error if the key does not exist. */
export function known<K, V>(map: ReadonlyMap<K, V>, key: K): V {
  const value = map.get(key);
  if (value === undefined) throw new Error(`${String(key)} was not made`);
  return value;
}

/** The key of the platform admin. */
export const OPERATOR = 'operator';
