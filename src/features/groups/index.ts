export {
  GroupNotFoundError,
  MemberExistsError,
  MemberNotFoundError,
  UserNotFoundError,
} from './groups.errors';
export type { GroupFinder } from './groups.finder';
export { createGroupsModule, type GroupsModule } from './groups.module';
export type { TenantPeople } from './groups.people.service';
export { groupRules } from './groups.policy';
export type { GroupsReader } from './groups.reader';
export type { Group, GroupSettings, PersonRef } from './groups.types';
