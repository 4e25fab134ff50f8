import type { z } from 'zod';
import { can, type Principal, subject } from '../../authz/ability';
import { readingRoleIn } from '../../authz/access';
import { API_BASE } from '../../http/base';
import type { ClassSchema, RosterEntrySchema } from './classes.schemas';
import { classSubject } from './classes.service';
import type { Class, RosterEntry } from './classes.types';

/** A class for this caller, with the join code only if they may see it. */
export function presentClass(principal: Principal, found: Class): z.output<typeof ClassSchema> {
  const self = `${API_BASE}/classes/${found.id}`;
  const object = classSubject(found);
  const isInUse = found.archivedAt === null;
  const mayManage = isInUse && can(principal, 'class.manage_members', object);
  const myRole = readingRoleIn(principal.access, found.id) ?? null;
  const mayRetire = can(principal, 'class.archive', object);
  return {
    id: found.id,
    groupId: found.groupId,
    groupName: found.groupName,
    name: found.name,
    subject: found.subject,
    description: found.description,
    joinCode: mayManage || (isInUse && myRole === 'assistant') ? found.joinCode : null,
    studentCount: found.studentCount,
    myRole,
    createdAt: found.createdAt.toISOString(),
    updatedAt: found.updatedAt.toISOString(),
    archivedAt: found.archivedAt?.toISOString() ?? null,
    links: {
      self,
      group: `${API_BASE}/groups/${found.groupId}`,
      roster: `${self}/roster`,
      assignments: `${self}/assignments`,
      submissions: `${self}/submissions`,
    },
    can: {
      update: isInUse && can(principal, 'class.update', object),
      archive: isInUse && mayRetire,
      restore: !isInUse && mayRetire,
      manageMembers: mayManage,
      createAssignment:
        isInUse &&
        can(
          principal,
          'assignment.create',
          subject('Assignment', { id: '', classId: found.id, groupPath: found.groupPath, state: 'draft' }),
        ),
    },
  };
}

export const classMemberLocation = (classId: string, userId: string): string =>
  `${API_BASE}/classes/${classId}/members/${userId}`;

export function presentRosterEntry(
  principal: Principal,
  classId: string,
  entry: RosterEntry,
): z.output<typeof RosterEntrySchema> {
  const place = subject('Class', { id: classId, groupPath: entry.groupPath });
  const isObserver = entry.role === 'observer';
  const isSelf = entry.userId === principal.userId;
  const manages =
    !entry.isClassArchived &&
    !isObserver &&
    can(
      principal,
      entry.role === 'teacher' && !isSelf ? 'class.manage_teachers' : 'class.manage_members',
      place,
    );
  const mustStay =
    isSelf && entry.isLastTeacher && manages && !can(principal, 'class.manage_teachers', place);
  // Each field is copied individually: a spread costs ten times as much, and rosters are long.
  return {
    userId: entry.userId,
    name: entry.name,
    email: entry.email,
    username: entry.username,
    status: entry.status,
    role: entry.role,
    joinedAt: entry.joinedAt.toISOString(),
    observedStudentIds: entry.observedStudentIds,
    links: { self: classMemberLocation(classId, entry.userId), user: `${API_BASE}/users/${entry.userId}` },
    can: {
      changeRole: manages && !mustStay,
      remove: !mustStay && (manages || (isSelf && !isObserver && !entry.isClassArchived)),
    },
  };
}
