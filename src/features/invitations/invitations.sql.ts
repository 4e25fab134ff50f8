import { z } from 'zod';
import { CLASS_ROLES, GROUP_ROLES } from '../../authz/access';
import type { SortColumn } from '../../platform/db/paging';
import { type Sql, sql } from '../../platform/db/sql';
import { INVITATION_STATES, type InvitationFilters } from './invitations.types';

const ROLES = [...new Set([...GROUP_ROLES, ...CLASS_ROLES])] as [string, ...string[]];

export const InvitationRow = z.object({
  id: z.string(),
  tenantId: z.string(),
  email: z.string(),
  role: z.enum(ROLES),
  state: z.enum(INVITATION_STATES),
  groupId: z.string().nullable(),
  classId: z.string().nullable(),
  placeName: z.string(),
  groupPath: z.string(),
  isPlaceArchived: z.boolean(),
  isReplaced: z.boolean(),
  invitedBy: z.string().nullable(),
  invitedByName: z.string().nullable(),
  expiresAt: z.date(),
  acceptedAt: z.date().nullable(),
  createdAt: z.date(),
});

export const INVITATION_SORTS = {
  createdAt: { expression: sql`i.created_at`, type: 'timestamptz' },
  email: { expression: sql`i.email`, type: 'text' },
} as const satisfies Record<string, SortColumn>;

/** An invitation with its place, which may be archived. */
export const INVITATIONS_FROM = sql`invitations i
  LEFT JOIN classes c ON c.id = i.class_id
  JOIN groups g ON g.id = coalesce(i.group_id, c.group_id)
  LEFT JOIN users u ON u.id = i.invited_by`;

/** What is pending until its time is over. */
const stateAt = (now: Date): Sql =>
  sql`CASE WHEN i.state = 'pending' AND i.expires_at <= ${now} THEN 'expired' ELSE i.state END`;

export const invitationColumns = (now: Date): Sql => sql`i.id,
  i.tenant_id AS "tenantId",
  i.email,
  i.role,
  ${stateAt(now)} AS state,
  i.group_id AS "groupId",
  i.class_id AS "classId",
  coalesce(c.name, g.name) AS "placeName",
  g.path_text AS "groupPath",
  (c.deleted_at IS NOT NULL OR g.deleted_at IS NOT NULL) AS "isPlaceArchived",
  i.state = 'expired' AS "isReplaced",
  i.invited_by AS "invitedBy",
  u.name AS "invitedByName",
  i.expires_at AS "expiresAt",
  i.accepted_at AS "acceptedAt",
  i.created_at AS "createdAt"`;

export function inState({ state }: InvitationFilters, now: Date): Sql[] {
  if (state === undefined) return [];
  if (state === 'pending') return [sql`i.state = 'pending'`, sql`i.expires_at > ${now}`];
  if (state === 'expired') return [sql`i.state IN ('pending', 'expired')`, sql`i.expires_at <= ${now}`];
  return [sql`i.state = ${state}`];
}

/** Those of a group and of the groups below, and of all classes there. */
export const belowGroup = (path: string): Sql => sql`g.path <@ ${path}::ltree`;

export function selectInvitation(condition: Sql, now: Date): Sql {
  return sql`SELECT ${invitationColumns(now)}
             FROM ${INVITATIONS_FROM}
             WHERE ${condition}`;
}

export const MemberRow = z.object({ email: z.string() });

/** Which of these addresses belong to members of a group, or to people of a class. */
export function selectMembers(
  { groupId, classId }: { groupId: string | null; classId: string | null },
  emails: readonly string[],
): Sql {
  const isMember =
    classId === null
      ? sql`EXISTS (SELECT FROM group_members m WHERE m.user_id = u.id AND m.group_id = ${groupId}::uuid)`
      : sql`EXISTS (SELECT FROM class_members m WHERE m.user_id = u.id AND m.class_id = ${classId}::uuid)`;
  return sql`SELECT u.email
             FROM users u
             WHERE u.email = ANY(${[...emails]}::text[]) AND u.deleted_at IS NULL AND ${isMember}`;
}
