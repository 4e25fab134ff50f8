import { z } from 'zod';
import type { Database } from '../../platform/db/database';
import type { ListReader, SortColumn } from '../../platform/db/paging';
import { sql } from '../../platform/db/sql';
import { newId } from '../../shared/ids';
import type { Page, PageRequest } from '../../shared/pages';
import type { ToolDefinition, ToolVersion } from './tools.types';

const VersionRow = z.object({
  toolId: z.string(),
  version: z.number(),
  // Checked when it was written, and immutable since.
  definition: z.custom<ToolDefinition>((value) => typeof value === 'object' && value !== null),
  contentHash: z.string(),
  createdBy: z.string(),
  createdByName: z.string(),
  createdAt: z.date(),
});

export const VERSION_SORTS: Readonly<Record<string, SortColumn>> = {
  version: { expression: sql`v.version`, type: 'integer' },
};

const FROM = sql`tool_versions v JOIN users u ON u.id = v.created_by`;
const COLUMNS = sql`v.tool_id AS "toolId", v.version, v.definition, v.content_hash AS "contentHash", v.created_by AS "createdBy",
  u.name AS "createdByName", v.created_at AS "createdAt"`;

/** Versions of tools: rows that are written once and never change. */
export class ToolVersionsRepository {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
  ) {}

  async find(toolId: string, version: number): Promise<ToolVersion | null> {
    return this.db.row(
      sql`SELECT ${COLUMNS} FROM ${FROM} WHERE v.tool_id = ${toolId}::uuid AND v.version = ${version}`,
      VersionRow,
    );
  }

  async list(toolId: string, sort: { column: SortColumn; descending: boolean; name: string }, page: PageRequest): Promise<Page<ToolVersion>> {
    const where = [sql`v.tool_id = ${toolId}::uuid`];
    return this.lists.list({ columns: COLUMNS, from: FROM, where, sort, id: sql`v.id`, page, row: VersionRow });
  }

  async insert(version: Pick<ToolVersion, 'toolId' | 'version' | 'definition' | 'contentHash' | 'createdBy'>): Promise<void> {
    await this.db.execute(
      sql`INSERT INTO tool_versions (id, tool_id, version, definition, content_hash, created_by)
          VALUES (${newId()}::uuid, ${version.toolId}::uuid, ${version.version}, ${JSON.stringify(version.definition)}::jsonb,
                  ${version.contentHash}, ${version.createdBy}::uuid)`,
    );
  }
}
