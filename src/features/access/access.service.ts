import { z } from 'zod';
import { type Ability, buildAbility, type DefineRules, type Principal } from '../../authz/ability';
import { type Access, resolveAccess } from '../../authz/access';
import type { Bus } from '../../platform/bus/bus';
import { Cache } from '../../platform/cache';
import type { AccessRepository } from './access.repository';

/** How long facts are cached without a notice; every change drops them immediately. */
const FACTS_TTL_MS = 5 * 60_000;
/** About 5 KB each. */
const FACTS_MAX_ENTRIES = 20_000;
/** If more people than this are affected, one message invalidates everybody. */
const MAX_NAMED_USERS = 100;

const TOPIC = 'access.changed';
const Change = z.union([
  z.object({ userIds: z.array(z.string()) }),
  z.object({ tenantId: z.string() }),
  z.object({ movedLabel: z.string() }),
  z.object({ everybody: z.literal(true) }),
]);

/** A person as the permission system knows them. */
export interface Person {
  userId: string;
  tenantId: string | null;
  status: 'active' | 'deactivated';
  access: Access;
  ability: Ability;
  sessionIds: ReadonlySet<string>;
  apiTokenIds: ReadonlySet<string>;
  mustChangePassword: boolean;
}

export interface Credential {
  sessionId: string | null;
  /** The id of the API token; null for other credentials. */
  apiTokenId?: string | null;
  kind: Principal['credential'];
  scopes: ReadonlySet<string> | null;
}

/**
 * Turns a user id into a principal: facts (one query, cached) → access (pure) → ability (CASL). Code that
 * changes a role, a membership, a status or the tree calls one of the `…Changed` methods in the same
 * transaction.
 */
export class AccessService {
  private readonly people: Cache<Person | null>;
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly repository: AccessRepository,
    private readonly bus: Bus,
    private readonly rules: readonly DefineRules[],
  ) {
    this.people = new Cache(bus, {
      name: 'people',
      ttlMs: FACTS_TTL_MS,
      maxEntries: FACTS_MAX_ENTRIES,
      tagsOf: placesOf,
    });
    bus.subscribe(TOPIC, (message) => this.forget(Change.parse(message)));
    bus.onGap(() => this.tellListeners());
  }

  /**
   * Returns the person, or null if there is none. It also returns deactivated people; the caller decides
   * about them.
   */
  async findPerson(userId: string): Promise<Person | null> {
    const known = this.people.peek(userId);
    if (known !== null) return known;
    return this.people.get(userId, () => this.loadPerson(userId));
  }

  /**
   * Returns the principal of a credential; null if the person is deleted or deactivated, or the sign-in has
   * ended.
   */
  async findPrincipal(userId: string, credential: Credential): Promise<Principal | null> {
    const person = await this.findPerson(userId);
    if (person === null || person.status !== 'active') return null;
    const { sessionId, apiTokenId = null } = credential;
    if (sessionId !== null && !person.sessionIds.has(sessionId)) return null;
    if (apiTokenId !== null && !person.apiTokenIds.has(apiTokenId)) return null;
    return {
      userId,
      tenantId: person.tenantId,
      isPlatformAdmin: person.access.isPlatformAdmin,
      access: person.access,
      ability: person.ability,
      sessionId,
      apiTokenId,
      mustChangePassword: person.mustChangePassword,
      credential: credential.kind,
      scopes: credential.scopes,
    };
  }

  /**
   * Returns the same caller with their current rights, because an answer must show a role that its request
   * has given. It reads from the database: the transaction may not have committed yet.
   */
  async refresh(principal: Principal): Promise<Principal> {
    const person = await this.loadPerson(principal.userId);
    return person === null
      ? principal
      : { ...principal, tenantId: person.tenantId, access: person.access, ability: person.ability };
  }

  /**
   * Call this when memberships or the status of these people have changed. It also affects their guardians,
   * whose rights depend on them.
   */
  async rolesChanged(userIds: readonly string[]): Promise<void> {
    if (userIds.length === 0) return;
    await this.usersChanged([...new Set([...userIds, ...(await this.repository.findGuardiansOf(userIds))])]);
  }

  /** Call this when the accounts or sign-ins of these people have changed. */
  async usersChanged(userIds: readonly string[]): Promise<void> {
    if (userIds.length === 0) return;
    await this.bus.publish(
      TOPIC,
      userIds.length > MAX_NAMED_USERS ? { everybody: true } : { userIds: [...userIds] },
    );
  }

  /** Call this when the tree of a tenant has changed, because all paths in it may have changed. */
  async tenantChanged(tenantId: string): Promise<void> {
    await this.bus.publish(TOPIC, { tenantId });
  }

  /**
   * Call this when a group has moved: it changes the paths of people who belong to it or to a group below.
   * The group is named by its label, which never changes.
   */
  async groupMoved(path: string): Promise<void> {
    await this.bus.publish(TOPIC, { movedLabel: path.slice(path.lastIndexOf('.') + 1) });
  }

  /**
   * Calls `listener` after every change, so that long-lived streams can check again whether they may
   * continue. Returns a function that unsubscribes.
   */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private async loadPerson(userId: string): Promise<Person | null> {
    const facts = await this.repository.findFacts(userId);
    if (facts === null) return null;
    const access = resolveAccess(facts);
    return {
      userId,
      tenantId: facts.tenantId,
      status: facts.status,
      access,
      ability: buildAbility(access, this.rules),
      sessionIds: new Set(facts.sessionIds),
      apiTokenIds: new Set(facts.apiTokenIds),
      mustChangePassword: facts.mustChangePassword,
    };
  }

  private forget(change: z.infer<typeof Change>): void {
    if ('userIds' in change) for (const userId of change.userIds) this.people.forget(userId);
    else if ('tenantId' in change) this.people.forgetTagged(change.tenantId);
    else if ('movedLabel' in change) this.people.forgetTagged(change.movedLabel);
    else this.people.clear();
    this.tellListeners();
  }

  private tellListeners(): void {
    for (const listener of this.listeners) listener();
  }
}

/** What a person's facts depend on: their tenant, and the labels of all groups on their paths. */
function placesOf(person: Person | null): readonly string[] {
  if (person === null) return [];
  const labels = person.access.memberPaths.flatMap((path) => path.split('.'));
  return [...new Set(person.tenantId === null ? labels : [person.tenantId, ...labels])];
}
