import { z } from 'zod';
import type { Access } from '../../authz/access';
import type { Database } from '../../platform/db/database';
import type { ListReader, SortColumn } from '../../platform/db/paging';
import { contains, isAlike } from '../../platform/db/search';
import { type Sql, sql } from '../../platform/db/sql';
import type { Clock } from '../../shared/clock';
import type { Page, PageRequest } from '../../shared/pages';
import {
  TOOL_STATES,
  TOOL_TYPES,
  TOOL_VISIBILITIES,
  type Tool,
  type ToolDefinition,
  type ToolState,
  type ToolType,
  type ToolVisibility,
} from './tools.types';
import { labelsOf } from './tools.versions.repository';
import { isAssignmentOf, isEditable, isOpenAssignmentOf, isVisible } from './tools.visibility';

const ToolRow = z.object({
  id: z.string(),
  tenantId: z.string(),
  groupId: z.string(),
  groupPath: z.string(),
  authorId: z.string(),
  authorName: z.string(),
  type: z.enum(TOOL_TYPES),
  visibility: z.enum(TOOL_VISIBILITIES),
  state: z.enum(TOOL_STATES),
  name: z.string(),
  description: z.string().nullable(),
  subject: z.string().nullable(),
  currentVersion: z.number(),
  forkable: z.boolean(),
  forkedFromToolId: z.string().nullable(),
  forkedFromVersion: z.number().nullable(),
  publishedAt: z.date().nullable(),
  createdAt: z.date(),
  updatedAt: z.date(),
  assignedVersion: z.number().nullable(),
  isOpenToCaller: z.boolean(),
});
const LockRow = z.object({ currentVersion: z.number(), state: z.enum(TOOL_STATES) });
const GroupRow = z.object({ id: z.string(), path: z.string(), tenantId: z.string() });
const OpenAssignmentRow = z.object({ classId: z.string(), version: z.number() });

export interface ToolFilters {
  q?: string | undefined;
  type?: ToolType | undefined;
  state?: ToolState | undefined;
  visibility?: ToolVisibility | undefined;
  groupId?: string | undefined;
  subject?: string | undefined;
  mine?: boolean | undefined;
  updatedSince?: Date | undefined;
}

export interface ToolList {
  filters: ToolFilters;
  sort: { column: SortColumn; descending: boolean; name: string };
  page: PageRequest;
}

export const TOOL_SORTS: Readonly<Record<string, SortColumn>> = {
  name: { expression: sql`t.name`, type: 'text' },
  updatedAt: { expression: sql`t.updated_at`, type: 'timestamptz' },
  createdAt: { expression: sql`t.created_at`, type: 'timestamptz' },
};

export interface NewTool {
  id: string;
  tenantId: string;
  groupId: string;
  authorId: string;
  visibility: ToolVisibility;
  forkable: boolean;
  forkedFrom: { toolId: string; version: number } | null;
}

const FROM = sql`tools t JOIN groups g ON g.id = t.group_id JOIN users u ON u.id = t.author_id`;

function columnsFor(access: Access, now: Date): Sql {
  return sql`t.id, t.tenant_id AS "tenantId", t.group_id AS "groupId", g.path::text AS "groupPath", t.author_id AS "authorId",
    u.name AS "authorName", t.type, t.visibility, t.state, t.name, t.description, t.subject, t.current_version AS "currentVersion",
    t.forkable, t.forked_from_tool_id AS "forkedFromToolId", t.forked_from_version AS "forkedFromVersion",
    t.published_at AS "publishedAt", t.created_at AS "createdAt", t.updated_at AS "updatedAt",
    (SELECT CASE a.pin WHEN 'exact' THEN a.tool_version ELSE t.current_version END FROM assignments a
     WHERE a.tool_id = t.id AND ${isAssignmentOf(access, now)}
     ORDER BY (a.state = 'published') DESC, a.published_at DESC NULLS LAST, a.id LIMIT 1) AS "assignedVersion",
    EXISTS (SELECT 1 FROM assignments a WHERE a.tool_id = t.id AND ${isOpenAssignmentOf(access, now)}) AS "isOpenToCaller"`;
}

/** Archived tools are listed only where asked for, and only to those who could bring them back. */
function stateCondition(state: ToolState | undefined, access: Access): Sql[] {
  if (state === 'archived') return [sql`t.deleted_at IS NOT NULL`, isEditable(access)];
  return [sql`t.deleted_at IS NULL`, ...(state === undefined ? [] : [sql`t.state = ${state}`])];
}

export class ToolsRepository {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
    private readonly clock: Clock,
  ) {}

  /** A tool that is not archived, with what the rules need to know about this caller. */
  async find(id: string, access: Access): Promise<Tool | null> {
    return this.db.row(
      sql`SELECT ${columnsFor(access, this.clock.now())} FROM ${FROM} WHERE t.id = ${id}::uuid AND t.deleted_at IS NULL`,
      ToolRow,
    );
  }

  /** The same, archived ones included. */
  async findEvenArchived(id: string, access: Access): Promise<Tool | null> {
    return this.db.row(
      sql`SELECT ${columnsFor(access, this.clock.now())} FROM ${FROM} WHERE t.id = ${id}::uuid`,
      ToolRow,
    );
  }

  async list({ filters, sort, page }: ToolList, access: Access): Promise<Page<Tool>> {
    const { q, type, visibility, groupId, subject, mine, updatedSince } = filters;
    const where = [
      isVisible(access, this.clock.now()),
      ...stateCondition(filters.state, access),
      ...(q === undefined ? [] : [contains(sql`t.name || ' ' || coalesce(t.description, '')`, q)]),
      ...(type === undefined ? [] : [sql`t.type = ${type}`]),
      ...(visibility === undefined ? [] : [sql`t.visibility = ${visibility}`]),
      ...(groupId === undefined ? [] : [sql`t.group_id = ${groupId}::uuid`]),
      ...(subject === undefined ? [] : [isAlike(sql`t.subject`, subject)]),
      ...(mine === true ? [sql`t.author_id = ${access.userId}::uuid`] : []),
      ...(mine === false ? [sql`t.author_id <> ${access.userId}::uuid`] : []),
      ...(updatedSince === undefined
        ? []
        : [sql`(t.updated_at >= ${updatedSince} OR u.updated_at >= ${updatedSince})`]),
    ];
    return this.lists.list({
      columns: columnsFor(access, this.clock.now()),
      from: FROM,
      where,
      sort,
      id: sql`t.id`,
      page,
      row: ToolRow,
    });
  }

  /** The group that shall own a tool; archived groups own nothing new. */
  async findGroup(id: string): Promise<z.output<typeof GroupRow> | null> {
    return this.db.row(
      sql`SELECT id, path::text AS path, tenant_id AS "tenantId" FROM groups WHERE id = ${id}::uuid AND deleted_at IS NULL`,
      GroupRow,
    );
  }

  /** Keeps others from changing the tool until the transaction ends; what it says is true until then. */
  async lock(id: string): Promise<z.output<typeof LockRow> | null> {
    return this.db.row(
      sql`SELECT current_version AS "currentVersion", state FROM tools WHERE id = ${id}::uuid FOR UPDATE`,
      LockRow,
    );
  }

  /** The tool alone; its first version follows in the same transaction. */
  async insert(tool: NewTool, definition: ToolDefinition): Promise<void> {
    const { name, description, subject } = labelsOf(definition);
    await this.db.execute(
      sql`INSERT INTO tools (id, tenant_id, group_id, author_id, type, visibility, state, name, description, subject, current_version,
                             forkable, forked_from_tool_id, forked_from_version)
          VALUES (${tool.id}::uuid, ${tool.tenantId}::uuid, ${tool.groupId}::uuid, ${tool.authorId}::uuid, ${definition.type}, ${tool.visibility},
                  'draft', ${name}, ${description}, ${subject}, 1, ${tool.forkable}, ${tool.forkedFrom?.toolId ?? null}::uuid, ${tool.forkedFrom?.version ?? null}::int)`,
    );
  }

  /** Changes what is not versioned; absent fields stay. */
  async updateSettings(
    id: string,
    changes: {
      visibility?: ToolVisibility | undefined;
      forkable?: boolean | undefined;
      groupId?: string | undefined;
    },
  ): Promise<void> {
    await this.db.execute(
      sql`UPDATE tools SET visibility = coalesce(${changes.visibility ?? null}, visibility), forkable = coalesce(${changes.forkable ?? null}::boolean, forkable),
                           group_id = coalesce(${changes.groupId ?? null}::uuid, group_id)
          WHERE id = ${id}::uuid`,
    );
  }

  async publish(id: string, now: Date): Promise<void> {
    await this.db.execute(
      sql`UPDATE tools SET state = 'published', published_at = coalesce(published_at, ${now}), deleted_at = NULL WHERE id = ${id}::uuid`,
    );
  }

  async restore(id: string): Promise<void> {
    await this.db.execute(
      sql`UPDATE tools SET state = CASE WHEN published_at IS NULL THEN 'draft' ELSE 'published' END, deleted_at = NULL WHERE id = ${id}::uuid`,
    );
  }

  async archive(id: string, now: Date): Promise<void> {
    await this.db.execute(
      sql`UPDATE tools SET state = 'archived', deleted_at = ${now} WHERE id = ${id}::uuid`,
    );
  }

  /** A published assignment of the tool that is open for this student now, and the version it gives them. */
  async findOpenAssignment(
    toolId: string,
    access: Access,
  ): Promise<z.output<typeof OpenAssignmentRow> | null> {
    return this.db.row(
      sql`SELECT a.class_id AS "classId", CASE a.pin WHEN 'exact' THEN a.tool_version ELSE t.current_version END AS version
          FROM assignments a JOIN tools t ON t.id = a.tool_id
          WHERE a.tool_id = ${toolId}::uuid AND ${isOpenAssignmentOf(access, this.clock.now())}
          ORDER BY a.published_at DESC, a.id LIMIT 1`,
      OpenAssignmentRow,
    );
  }
}
