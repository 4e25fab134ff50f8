export {
  GroupNotFoundError,
  MemberExistsError,
  MemberNotFoundError,
  UserNotFoundError,
} from './groups.errors';
export type { GroupFinder } from './groups.finder';
export type { EndedClassRole } from './groups.grounds.repository';
export type { ClassRoleGrounds } from './groups.grounds.service';
export type { GroupMembersService } from './groups.members.service';
export { createGroupsModule, type GroupsModule } from './groups.module';
export type { TenantPeople } from './groups.people.service';
export { groupRules } from './groups.policy';
export type { GroupsReader } from './groups.reader';
export type { Group, GroupSettings, PersonRef } from './groups.types';
