import type { GroupsRepository } from './groups.repository';
import type { Group, GroupSettings } from './groups.types';
import type { GroupInheritance } from './inheritance/groups.inheritance.service';
import type { DocumentTheme } from './inheritance/groups.look';

/** What other features may read about groups, without any permission check. */
export class GroupsReader {
  constructor(
    private readonly repository: GroupsRepository,
    private readonly inheritance: GroupInheritance,
  ) {}

  /** Returns an active group, or null. */
  async findLiving(groupId: string): Promise<Group | null> {
    const group = await this.repository.findById(groupId);
    return group === null || group.archivedAt !== null ? null : group;
  }

  /**
   * Returns the settings in force in a group, including those of the groups above. They are cached, so
   * reading them costs nothing.
   */
  async resolvedSettings(groupId: string): Promise<GroupSettings> {
    return this.inheritance.settingsOf(groupId);
  }

  /** Returns the IANA time zone in which a group's days begin and end; UTC if no group sets one. */
  async timezoneOf(groupId: string): Promise<string> {
    return this.inheritance.timezoneOf(groupId);
  }

  /**
   * Returns the colours and the logo in force in a group, for documents; empty if the group is missing or
   * archived. Cached.
   */
  async documentTheme(groupId: string): Promise<DocumentTheme> {
    return this.inheritance.documentThemeOf(groupId);
  }
}
