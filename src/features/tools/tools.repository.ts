import type { z } from 'zod';
import type { Principal } from '../../authz/ability';
import type { Access } from '../../authz/access';
import type { Prisma } from '../../generated/prisma/client';
import type { Database } from '../../platform/db/database';
import { type ListReader, sortBy } from '../../platform/db/paging';
import { sql } from '../../platform/db/sql';
import type { Clock } from '../../shared/clock';
import type { ListQuery, Page } from '../../shared/pages';
import type { ToolDefinition, ToolVisibility } from './tools.kinds';
import {
  OpenAssignmentRow,
  selectOpenAssignment,
  selectTool,
  TOOL_SORTS,
  TOOLS_FROM,
  type ToolFilters,
  ToolRow,
  toolColumnsFor,
  toolList,
} from './tools.sql';
import type { Tool } from './tools.types';
import { labelsOf } from './tools.versions.repository';

export type { ToolFilters } from './tools.sql';

export interface NewTool {
  id: string;
  tenantId: string;
  groupId: string;
  authorId: string;
  visibility: ToolVisibility;
  forkable: boolean;
  forkedFromToolId: string | null;
  forkedFromVersion: number | null;
}

const GROUP = { id: true, pathText: true, tenantId: true } as const satisfies Prisma.GroupSelect;
const LOCKED = { currentVersion: true, state: true, publishedAt: true } as const satisfies Prisma.ToolSelect;

/** A tool whose row is locked. */
export type LockedTool = Prisma.ToolGetPayload<{ select: typeof LOCKED }>;

export class ToolsRepository {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
    private readonly clock: Clock,
  ) {}

  /** Finds a tool that is not archived, with what the rules need to know about this caller. */
  async find(id: string, access: Access): Promise<Tool | null> {
    const tool = await this.findEvenArchived(id, access);
    return tool?.state === 'archived' ? null : tool;
  }

  /** The same, including archived tools. */
  async findEvenArchived(id: string, access: Access): Promise<Tool | null> {
    return this.db.row(selectTool(id, access, this.clock.now()), ToolRow);
  }

  async list(principal: Principal, { filters, sort, page }: ListQuery<ToolFilters>): Promise<Page<Tool>> {
    const now = this.clock.now();
    return this.lists.list({
      columns: toolColumnsFor(principal.access, now),
      from: TOOLS_FROM,
      ...toolList(filters, principal, now, sortBy(TOOL_SORTS, sort).column),
      sort: sortBy(TOOL_SORTS, sort),
      id: sql`t.id`,
      page,
      row: ToolRow,
    });
  }

  /** Finds the future owner group of a tool, which must not be archived. */
  async findGroup(id: string): Promise<Prisma.GroupGetPayload<{ select: typeof GROUP }> | null> {
    return this.db.prisma.group.findFirst({ where: { id, deletedAt: null }, select: GROUP });
  }

  /** Locks the tool against changes until the transaction ends. */
  async lock(id: string): Promise<LockedTool | null> {
    return this.db.prisma.tool.lock({ where: { id }, select: LOCKED });
  }

  /** Inserts the tool only; its first version follows in the same transaction. */
  async insert(tool: NewTool, definition: ToolDefinition): Promise<void> {
    const data = { ...tool, ...labelsOf(definition), type: definition.type };
    await this.db.prisma.tool.create({ data, select: { id: true } });
  }

  /** Changes columns of the tool; absent and undefined ones stay. */
  async update(id: string, data: Prisma.ToolUncheckedUpdateInput): Promise<void> {
    await this.db.prisma.tool.update({ where: { id }, data, select: { id: true } });
  }

  /**
   * Finds a published assignment of the tool that is open for this student now, with the version it gives
   * them.
   */
  async findOpenAssignment(
    toolId: string,
    access: Access,
  ): Promise<z.output<typeof OpenAssignmentRow> | null> {
    return this.db.row(selectOpenAssignment(toolId, access, this.clock.now()), OpenAssignmentRow);
  }
}
