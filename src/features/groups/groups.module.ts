import type { Platform } from '../../platform/platform';
import type { AccessService } from '../access';
import type { AuditService } from '../audit';
import { GroupsController } from './groups.controller';
import { GroupFinder } from './groups.finder';
import { GroundsRepository } from './groups.grounds.repository';
import { ClassRoleGrounds } from './groups.grounds.service';
import { InheritanceRepository } from './groups.inheritance.repository';
import { GroupInheritance } from './groups.inheritance.service';
import { GroupMembersController } from './groups.members.controller';
import { GroupMembersRepository } from './groups.members.repository';
import { groupMemberRoutes } from './groups.members.routes';
import { GroupMembersService } from './groups.members.service';
import { PeopleRepository } from './groups.people.repository';
import { TenantPeople } from './groups.people.service';
import { GroupsReadModel } from './groups.read-model';
import { GroupsReader } from './groups.reader';
import { GroupsRepository } from './groups.repository';
import { groupRoutes } from './groups.routes';
import { GroupsService } from './groups.service';
import { GroupTree } from './groups.tree.service';

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
