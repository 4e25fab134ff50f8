import type { Platform } from '../../platform/platform';
import type { AccessService } from '../access';
import type { AuditService } from '../audit';
import { GroupsController } from './groups.controller';
import { GroupFinder } from './groups.finder';
import { GroupsReadModel } from './groups.read-model';
import { GroupsReader } from './groups.reader';
import { GroupsRepository } from './groups.repository';
import { groupRoutes } from './groups.routes';
import { GroupsService } from './groups.service';
import { InheritanceRepository } from './inheritance/groups.inheritance.repository';
import { GroupInheritance } from './inheritance/groups.inheritance.service';
import { GroundsRepository } from './members/groups.grounds.repository';
import { ClassRoleGrounds } from './members/groups.grounds.service';
import { GroupMembersController } from './members/groups.members.controller';
import { GroupMembersRepository } from './members/groups.members.repository';
import { groupMemberRoutes } from './members/groups.members.routes';
import { GroupMembersService } from './members/groups.members.service';
import { PeopleRepository } from './members/groups.people.repository';
import { TenantPeople } from './members/groups.people.service';
import { GroupTree } from './tree/groups.tree.service';

/** Builds the feature: groups, their tree, members, themes and settings. */
export function createGroupsModule(
  { db, lists, bus }: Platform,
  { access, audit }: { access: AccessService; audit: AuditService },
) {
  const repository = new GroupsRepository(db);
  const finder = new GroupFinder(repository);
  const inheritance = new GroupInheritance(db, new InheritanceRepository(db), bus);
  const grounds = new ClassRoleGrounds({ grounds: new GroundsRepository(db, lists), finder, access, audit });
  const tree = new GroupTree({ db, repository, finder, grounds, inheritance, access, audit });
  const service = new GroupsService({
    db,
    repository,
    readModel: new GroupsReadModel(lists),
    finder,
    inheritance,
    tree,
    audit,
  });
  const people = new TenantPeople(new PeopleRepository(db), access, audit);
  const members = new GroupMembersService({
    db,
    finder,
    members: new GroupMembersRepository(db, lists),
    people,
    grounds,
    access,
    audit,
  });
  return {
    routes: [
      ...groupRoutes(new GroupsController(service, tree, inheritance)),
      ...groupMemberRoutes(new GroupMembersController(members, grounds)),
    ],
    service,
    tree,
    inheritance,
    members,
    people,
    grounds,
    finder,
    reader: new GroupsReader(repository, inheritance),
  };
}

export type GroupsModule = ReturnType<typeof createGroupsModule>;
