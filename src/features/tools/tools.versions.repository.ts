import { z } from 'zod';
import type { Prisma } from '../../generated/prisma/client';
import { columnsOf, modelRow } from '../../platform/db/columns';
import type { Database } from '../../platform/db/database';
import { type ListReader, type SortColumn, sortBy } from '../../platform/db/paging';
import { sql } from '../../platform/db/sql';
import { newId } from '../../shared/ids';
import type { ListOrder, Page } from '../../shared/pages';
import type { ToolDefinition } from './tools.kinds';

export type NewVersion = Pick<ToolVersion, 'toolId' | 'definition' | 'contentHash' | 'createdBy'>;

/** The columns that a tool's row copies from its current definition, for lists and search. */
export function labelsOf({ name, meta }: ToolDefinition) {
  return { name, description: meta?.description ?? null, subject: meta?.subject ?? null };
}

export const VERSION_SORTS: Readonly<Record<string, SortColumn>> = {
  version: { expression: sql`v.version`, type: 'integer' },
};

const COLUMNS = {
  toolId: true,
  version: true,
  definition: true,
  contentHash: true,
  createdBy: true,
  createdAt: true,
} as const satisfies Prisma.ToolVersionSelect;

const VersionRow = modelRow<Prisma.ToolVersionGetPayload<{ select: typeof COLUMNS }>>(COLUMNS).extend({
  createdByName: z.string(),
});

/** One version of a tool. Immutable. */
export type ToolVersion = z.output<typeof VersionRow>;

/** Stores versions of tools: rows that are written once and never change. */
export class ToolVersionsRepository {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
  ) {}

  async find(toolId: string, version: number): Promise<ToolVersion | null> {
    const found = await this.db.prisma.toolVersion.findUnique({
      where: { toolId_version: { toolId, version } },
      select: { ...COLUMNS, creator: { select: { name: true } } },
    });
    if (found === null) return null;
    const { creator, ...columns } = found;
    return { ...columns, createdByName: creator.name };
  }

  async list(toolId: string, { sort, page }: ListOrder): Promise<Page<ToolVersion>> {
    return this.lists.list({
      columns: sql`${columnsOf(COLUMNS, 'v')}, u.name AS "createdByName"`,
      from: sql`tool_versions v JOIN users u ON u.id = v.created_by`,
      where: [sql`v.tool_id = ${toolId}::uuid`],
      sort: sortBy(VERSION_SORTS, sort),
      id: sql`v.id`,
      page,
      row: VersionRow,
    });
  }

  /** Inserts the first version of a new tool. */
  async insertFirst(version: NewVersion): Promise<void> {
    await this.insert(version, 1);
  }

  /**
   * Inserts the version after this one and makes it the current one, unless their content is the same. The
   * caller has locked the tool.
   * @returns the number of the version that is then current
   */
  async insertNext(version: NewVersion, current: number): Promise<number> {
    const { toolId, contentHash, definition } = version;
    const { prisma } = this.db;
    const same = await prisma.toolVersion.count({ where: { toolId, version: current, contentHash } });
    if (same > 0) return current;
    const next = current + 1;
    await this.insert(version, next);
    const data = { ...labelsOf(definition), currentVersion: next };
    await prisma.tool.update({ where: { id: toolId }, data, select: { id: true } });
    return next;
  }

  private async insert(values: NewVersion, version: number): Promise<void> {
    const data = { id: newId(), ...values, version };
    await this.db.prisma.toolVersion.create({ data, select: { id: true } });
  }
}
