import { z } from 'zod';
import { authorizeVisible, type Principal, subject } from '../../../authz/ability';
import type { Action } from '../../../authz/actions';
import type { Bus } from '../../../platform/bus/bus';
import { Cache } from '../../../platform/cache';
import type { Database } from '../../../platform/db/database';
import { GroupNotFoundError } from '../groups.errors';
import type { GroupSettings } from '../groups.types';
import type { InheritanceRepository } from './groups.inheritance.repository';
import { inheritSettings } from './groups.limits';
import { type DocumentTheme, documentThemeOf } from './groups.look';
import { type Inherited, inherit } from './groups.merge';
import { DEFAULT_TIMEZONE } from './groups.settings';

/** Every change invalidates the cache immediately; this limits what a bug there could do. */
const TTL_MS = 15 * 60_000;
/** About 5 KB each. */
const MAX_ENTRIES = 5_000;
const TOPIC = 'groups.changed';
const Change = z.object({ groupId: z.string() });

/** What a group inherits from itself and all groups above. */
interface Inheritance {
  id: string;
  path: string;
  /** The ids of these groups; a change of any of them changes the result. */
  chain: ReadonlySet<string>;
  theme: Inherited;
  settings: Inherited;
}

/** Themes and settings in force: merged from the root down, and cached until a group of the chain changes. */
export class GroupInheritance {
  private readonly cache: Cache<Inheritance | null>;

  constructor(
    private readonly db: Database,
    private readonly repository: InheritanceRepository,
    private readonly bus: Bus,
  ) {
    this.cache = new Cache(bus, {
      name: 'groups',
      ttlMs: TTL_MS,
      maxEntries: MAX_ENTRIES,
      tagsOf: (found) => [...(found?.chain ?? [])],
    });
    bus.subscribe(TOPIC, (message) => this.cache.forgetTagged(Change.parse(message).groupId));
  }

  /** @throws GroupNotFoundError if the caller may not see the group */
  async theme(principal: Principal, groupId: string): Promise<Inherited> {
    return (await this.get(principal, groupId, 'group.read')).theme;
  }

  /**
   * @throws GroupNotFoundError if the caller may not see the group, ForbiddenError if they may not see its
   * inside
   */
  async settings(principal: Principal, groupId: string): Promise<Inherited> {
    return (await this.get(principal, groupId, 'group.read_settings')).settings;
  }

  /**
   * Returns the settings in force in a group, without a permission check; empty if it is missing or
   * archived.
   */
  async settingsOf(groupId: string): Promise<GroupSettings> {
    return (await this.find(groupId))?.settings.value ?? {};
  }

  /** Returns the IANA time zone in which a group's days begin and end. */
  async timezoneOf(groupId: string): Promise<string> {
    return (await this.settingsOf(groupId)).timezone ?? DEFAULT_TIMEZONE;
  }

  /**
   * Returns the parts of the theme in force that documents use; empty if the group is missing or archived.
   */
  async documentThemeOf(groupId: string): Promise<DocumentTheme> {
    const found = await this.find(groupId);
    return found === null ? { colors: {}, logoImage: null } : documentThemeOf(found.theme, [...found.chain]);
  }

  /**
   * Announces, when the ambient transaction commits, that this group's name, theme, settings, place or
   * state has changed.
   */
  async changed(groupId: string): Promise<void> {
    await this.bus.publish(TOPIC, { groupId });
  }

  private async get(principal: Principal, groupId: string, action: Action): Promise<Inheritance> {
    const found = this.cache.peek(groupId) ?? (await this.find(groupId));
    if (found === null) throw new GroupNotFoundError(groupId);
    authorizeVisible(
      principal,
      'group.read',
      action,
      subject('Group', found),
      () => new GroupNotFoundError(groupId),
    );
    return found;
  }

  private async find(groupId: string): Promise<Inheritance | null> {
    // A transaction sees its own uncommitted changes, which must not be cached.
    if (this.db.inTransaction) return this.load(groupId);
    return this.cache.get(groupId, () => this.load(groupId));
  }

  private async load(groupId: string): Promise<Inheritance | null> {
    const chain = await this.repository.findChain(groupId);
    const own = chain.at(-1);
    if (own === undefined) return null;
    const layers = (part: 'theme' | 'settings') =>
      chain.map((link) => ({ source: { groupId: link.id, groupName: link.name }, value: link[part] }));
    return {
      id: own.id,
      path: own.path,
      chain: new Set(chain.map((link) => link.id)),
      theme: inherit(layers('theme')),
      settings: inheritSettings(layers('settings')),
    };
  }
}
