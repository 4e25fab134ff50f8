export {
  GroupNotFoundError,
  MemberExistsError,
  MemberNotFoundError,
  PersonNotFoundError,
} from './groups.errors';
export type { GroupFinder } from './groups.finder';
export { createGroupsModule, type GroupsModule } from './groups.module';
export { groupRules } from './groups.policy';
export type { GroupsReader } from './groups.reader';
export type { Group, GroupSettings, PersonRef } from './groups.types';
export type { DocumentTheme } from './inheritance/groups.look';
export type { EndedClassRole } from './members/groups.grounds.repository';
export type { ClassRoleGrounds } from './members/groups.grounds.service';
export type { GroupMembersService } from './members/groups.members.service';
export type { TenantPeople } from './members/groups.people.service';
