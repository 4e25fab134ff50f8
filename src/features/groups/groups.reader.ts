import type { GroupsRepository } from './groups.repository';
import type { Group, GroupSettings } from './groups.types';
import type { GroupInheritance } from './inheritance/groups.inheritance.service';
import type { DocumentTheme } from './inheritance/groups.look';

/** What other features may ask about groups. It decides nothing about who may know. */
export class GroupsReader {
  constructor(
    private readonly repository: GroupsRepository,
    private readonly inheritance: GroupInheritance,
  ) {}

  /** A group that lives, or null. */
  async findLiving(groupId: string): Promise<Group | null> {
    const group = await this.repository.findById(groupId);
    return group === null || group.archivedAt !== null ? null : group;
  }

  /** The settings in force in a group, those above it included. Remembered: asking costs nothing. */
  async resolvedSettings(groupId: string): Promise<GroupSettings> {
    return this.inheritance.settingsOf(groupId);
  }

  /** The IANA time zone in which a group's days begin and end; UTC where nobody set one. */
  async timezoneOf(groupId: string): Promise<string> {
    return this.inheritance.timezoneOf(groupId);
  }

  /** The colours and logo in force in a group, for documents; nothing of a group that is missing or archived. Remembered. */
  async documentTheme(groupId: string): Promise<DocumentTheme> {
    return this.inheritance.documentThemeOf(groupId);
  }
}
