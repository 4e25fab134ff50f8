import type { GroupsRepository } from './groups.repository';
import type { Group, GroupSettings } from './groups.types';
import type { GroupInheritance } from './inheritance/groups.inheritance.service';
import type { DocumentTheme } from './inheritance/groups.look';

const PRODUCT = 'Raptscallions';

/** The name, colours and language of mails. */
interface MailLook {
  school: string;
  color: string | undefined;
  logoImage: string | null;
  locale: string | undefined;
}

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

  /** How mails from a tenant look; those of nobody's tenant, or of one that is archived, look like the product. */
  async mailLook(tenantId: string | null): Promise<MailLook> {
    const tenant = tenantId === null ? null : await this.findLiving(tenantId);
    if (tenant === null) return { school: PRODUCT, color: undefined, logoImage: null, locale: undefined };
    const { colors, logoImage } = await this.documentTheme(tenant.id);
    const { locale } = await this.resolvedSettings(tenant.id);
    return { school: tenant.name, color: colors.primary, logoImage, locale };
  }

  /**
   * Returns the colours and the logo in force in a group, for documents; empty if the group is missing or
   * archived. Cached.
   */
  async documentTheme(groupId: string): Promise<DocumentTheme> {
    return this.inheritance.documentThemeOf(groupId);
  }
}
