import { z } from 'zod';
import type { Access } from '../../authz/access';
import type { Database } from '../../platform/db/database';
import { isWithin } from '../../platform/db/ltree';
import type { ListReader } from '../../platform/db/paging';
import { contains } from '../../platform/db/search';
import { empty, join, type Sql, sql } from '../../platform/db/sql';
import type { Page, PageRequest } from '../../shared/pages';
import type { Class } from './classes.types';

const ClassRow = z.object({
  id: z.string(),
  tenantId: z.string(),
  groupId: z.string(),
  groupName: z.string(),
  groupPath: z.string(),
  name: z.string(),
  subject: z.string().nullable(),
  description: z.string().nullable(),
  joinCode: z.string().nullable(),
  studentCount: z.number(),
  revision: z.number(),
  createdAt: z.date(),
  updatedAt: z.date(),
  archivedAt: z.date().nullable(),
});
const RevisionRow = z.object({ revision: z.number() });
const GroupRow = z.object({ id: z.string(), path: z.string(), tenantId: z.string() });
const JoinRow = z.object({ id: z.string(), tenantId: z.string() });

/** The last change of anything that an item shows: the number of students and the name of the group included. */
const CHANGED_AT = sql`greatest(c.updated_at, c.members_changed_at, g.updated_at)`;

const COLUMNS = sql`c.id, c.tenant_id AS "tenantId", c.group_id AS "groupId", g.name AS "groupName", g.path::text AS "groupPath", c.name, c.subject,
  c.description, c.join_code AS "joinCode",
  (SELECT count(*) FROM class_members m WHERE m.class_id = c.id AND m.role = 'student') AS "studentCount",
  c.revision, c.created_at AS "createdAt", ${CHANGED_AT} AS "updatedAt", c.deleted_at AS "archivedAt"`;
const SOURCE = sql`classes c JOIN groups g ON g.id = c.group_id`;

const SORTS = {
  name: { expression: sql`c.name`, type: 'text' },
  createdAt: { expression: sql`c.created_at`, type: 'timestamptz' },
  updatedAt: { expression: CHANGED_AT, type: 'timestamptz' },
} as const;

export interface ClassFilters {
  q?: string | undefined;
  groupId?: string | undefined;
  mine?: boolean | undefined;
  updatedSince?: Date | undefined;
  archived?: boolean | undefined;
}

export interface ClassSort {
  name: string;
  descending: boolean;
}

/** Which classes the caller may see, as a condition of a list. */
function visibleTo(access: Access, archived: boolean): Sql {
  if (access.isPlatformAdmin) return sql`TRUE`;
  return sql`(c.id = ANY(${ownClasses(access, archived)}::uuid[]) OR ${isWithin(sql`g.path`, access.viewPaths)})`;
}

const ownClasses = ({ classRoles, archivedClassRoles }: Access, archived: boolean): string[] => [
  ...(archived ? archivedClassRoles : classRoles).keys(),
];

export class ClassesRepository {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
  ) {}

  /** A class, archived or not, in a group that is not. */
  async findById(id: string): Promise<Class | null> {
    return this.db.row(
      sql`SELECT ${COLUMNS} FROM ${SOURCE} WHERE c.id = ${id}::uuid AND g.deleted_at IS NULL`,
      ClassRow,
    );
  }

  /** A class, wherever it is. */
  async findForRestore(id: string): Promise<(Class & { groupArchived: boolean }) | null> {
    return this.db.row(
      sql`SELECT ${COLUMNS}, g.deleted_at IS NOT NULL AS "groupArchived" FROM ${SOURCE} WHERE c.id = ${id}::uuid`,
      ClassRow.extend({ groupArchived: z.boolean() }),
    );
  }

  async list(
    access: Access,
    filters: ClassFilters,
    sort: ClassSort,
    page: PageRequest,
  ): Promise<Page<Class>> {
    const archived = filters.archived === true;
    const where = [
      visibleTo(access, archived),
      sql`g.deleted_at IS NULL`,
      archived ? sql`c.deleted_at IS NOT NULL` : sql`c.deleted_at IS NULL`,
    ];
    if (filters.groupId !== undefined) where.push(sql`c.group_id = ${filters.groupId}::uuid`);
    if (filters.mine === true) where.push(sql`c.id = ANY(${ownClasses(access, archived)}::uuid[])`);
    if (filters.q !== undefined) where.push(contains(sql`c.name`, filters.q));
    if (filters.updatedSince !== undefined) where.push(sql`${CHANGED_AT} >= ${filters.updatedSince}`);
    const column = SORTS[sort.name as keyof typeof SORTS];
    return this.lists.list({
      columns: COLUMNS,
      from: SOURCE,
      where,
      id: sql`c.id`,
      page,
      row: ClassRow,
      sort: { column, descending: sort.descending, name: `${sort.descending ? '-' : ''}${sort.name}` },
    });
  }

  /** The group that a class is to stand in, locked so that it is not archived meanwhile. */
  async lockGroup(groupId: string): Promise<{ id: string; path: string; tenantId: string } | null> {
    return this.db.row(
      sql`SELECT id, path::text AS path, tenant_id AS "tenantId" FROM groups WHERE id = ${groupId}::uuid AND deleted_at IS NULL FOR SHARE`,
      GroupRow,
    );
  }

  async insert(row: {
    id: string;
    tenantId: string;
    groupId: string;
    name: string;
    subject: string | null;
    description: string | null;
    joinCode: string;
    createdBy: string;
  }): Promise<void> {
    await this.db.execute(
      sql`INSERT INTO classes (id, tenant_id, group_id, name, subject, description, join_code, created_by)
          VALUES (${row.id}::uuid, ${row.tenantId}::uuid, ${row.groupId}::uuid, ${row.name}, ${row.subject}, ${row.description}, ${row.joinCode}, ${row.createdBy}::uuid)`,
    );
  }

  /** Writes what is given. @returns the new revision, or null where the class has moved on from `ifMatch`. */
  async update(
    id: string,
    changes: {
      name?: string | undefined;
      subject?: string | null | undefined;
      description?: string | null | undefined;
      groupId?: string | undefined;
      joinCode?: string | null | undefined;
    },
    ifMatch: readonly number[] | null,
  ): Promise<number | null> {
    const sets: Sql[] = [];
    if (changes.name !== undefined) sets.push(sql`name = ${changes.name}`);
    if (changes.subject !== undefined) sets.push(sql`subject = ${changes.subject}`);
    if (changes.description !== undefined) sets.push(sql`description = ${changes.description}`);
    if (changes.groupId !== undefined) sets.push(sql`group_id = ${changes.groupId}::uuid`);
    if (changes.joinCode !== undefined) sets.push(sql`join_code = ${changes.joinCode}`);
    if (sets.length === 0) sets.push(sql`name = name`);
    const expected = ifMatch === null ? empty : sql`AND revision = ANY(${[...ifMatch]}::int[])`;
    const row = await this.db.row(
      sql`UPDATE classes SET ${join(sets, ', ')} WHERE id = ${id}::uuid AND deleted_at IS NULL ${expected} RETURNING revision`,
      RevisionRow,
    );
    return row?.revision ?? null;
  }

  /** @returns whether the class was there, not archived, and as `ifMatch` says. */
  async archive(id: string, at: Date, ifMatch: readonly number[] | null): Promise<boolean> {
    const expected = ifMatch === null ? empty : sql`AND revision = ANY(${[...ifMatch]}::int[])`;
    return (
      (await this.db.execute(
        sql`UPDATE classes SET deleted_at = ${at} WHERE id = ${id}::uuid AND deleted_at IS NULL ${expected}`,
      )) === 1
    );
  }

  async restore(id: string): Promise<void> {
    await this.db.execute(sql`UPDATE classes SET deleted_at = NULL WHERE id = ${id}::uuid`);
  }

  async findByJoinCode(code: string): Promise<{ id: string; tenantId: string } | null> {
    return this.db.row(
      sql`SELECT c.id, c.tenant_id AS "tenantId" FROM ${SOURCE} WHERE c.join_code = ${code} AND c.deleted_at IS NULL AND g.deleted_at IS NULL`,
      JoinRow,
    );
  }
}
