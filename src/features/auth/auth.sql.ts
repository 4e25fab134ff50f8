import { z } from 'zod';
import type { Prisma } from '../../generated/prisma/client';
import { columnsOf, modelRow } from '../../platform/db/columns';
import type { SortColumn } from '../../platform/db/paging';
import { type Sql, sql } from '../../platform/db/sql';

export const ACCOUNT = {
  id: true,
  tenantId: true,
  email: true,
  username: true,
  name: true,
  locale: true,
  isPlatformAdmin: true,
  mustChangePassword: true,
  emailVerifiedAt: true,
} as const satisfies Prisma.UserSelect;

const PERSON = { ...ACCOUNT, status: true } as const satisfies Prisma.UserSelect;
const PASSWORD_SELECT = {
  passwordHash: true,
  passwordChangedAt: true,
} as const satisfies Prisma.AuthIdentitySelect;

const PasswordRow =
  modelRow<Prisma.AuthIdentityGetPayload<{ select: typeof PASSWORD_SELECT }>>(PASSWORD_SELECT);

/** A person as an account, with the password; its columns are null for a person without one. */
export const CredentialRow = modelRow<Prisma.UserGetPayload<{ select: typeof PERSON }>>(PERSON).extend(
  PasswordRow.shape,
);

export const isAccountOf = {
  email: (email: string): Sql => sql`u.email = ${email}`,
  id: (id: string): Sql => sql`u.id = ${id}::uuid`,
  username: (username: string, districtCode: string): Sql =>
    sql`u.username = ${username} AND u.tenant_id = (
      SELECT id
      FROM groups
      WHERE district_code = ${districtCode})`,
};

/** One statement, so that a known address takes no longer than an unknown one. */
export function selectCredential(condition: Sql): Sql {
  return sql`SELECT ${columnsOf(PERSON, 'u')}, ${columnsOf(PASSWORD_SELECT, 'i')}
             FROM users u
             LEFT JOIN auth_identities i ON i.user_id = u.id AND i.provider = 'password'
             WHERE ${condition} AND u.deleted_at IS NULL`;
}

export const PlaceRow = z.object({ name: z.string() });

/**
 * The names of the district and of the groups to which a person belongs, by membership or through a class.
 */
export function selectPlaceNames(userId: string): Sql {
  return sql`SELECT g.name
             FROM groups g
             WHERE g.id = (SELECT tenant_id FROM users WHERE id = ${userId}::uuid)
                OR g.id IN (SELECT group_id FROM group_members WHERE user_id = ${userId}::uuid)
                OR g.id IN (
                  SELECT c.group_id
                  FROM class_members m
                  JOIN classes c ON c.id = m.class_id
                  WHERE m.user_id = ${userId}::uuid)`;
}

export const SignInRow = z.object({
  id: z.string(),
  createdAt: z.date(),
  lastUsedAt: z.date(),
  expiresAt: z.date(),
  userAgent: z.string().nullable(),
  ip: z.string().nullable(),
});

export const SIGN_IN_COLUMNS = sql`s.id,
  s.created_at AS "createdAt",
  s.last_used_at AS "lastUsedAt",
  s.expires_at AS "expiresAt",
  s.user_agent AS "userAgent",
  s.ip`;

export const SIGN_IN_SORTS: Readonly<Record<string, SortColumn>> = {
  lastUsedAt: { expression: sql`s.last_used_at`, type: 'timestamptz' },
  createdAt: { expression: sql`s.created_at`, type: 'timestamptz' },
};

/** The active sign-ins `s` of a person: the only unused token of each family. */
export function liveSessions(userId: string, now: Date): Sql {
  return sql`(
    SELECT
      t.family_id AS id,
      t.created_at AS last_used_at,
      t.expires_at,
      t.user_agent,
      t.ip,
      (SELECT min(f.created_at) FROM refresh_tokens f WHERE f.family_id = t.family_id) AS created_at
    FROM refresh_tokens t
    WHERE t.user_id = ${userId}::uuid
      AND t.revoked_at IS NULL
      AND t.used_at IS NULL
      AND t.expires_at > ${now}) s`;
}

export function selectLiveSession(userId: string, sessionId: string, now: Date): Sql {
  return sql`SELECT ${SIGN_IN_COLUMNS}
             FROM ${liveSessions(userId, now)}
             WHERE s.id = ${sessionId}::uuid`;
}
