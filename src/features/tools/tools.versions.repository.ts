import { z } from 'zod';
import type { Database } from '../../platform/db/database';
import type { ListReader, SortColumn } from '../../platform/db/paging';
import { type Sql, sql } from '../../platform/db/sql';
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

export type NewVersion = Pick<ToolVersion, 'toolId' | 'definition' | 'contentHash' | 'createdBy'>;

/** What the row of a tool repeats from its current definition, for lists and search. */
export function labelsOf({ name, meta }: ToolDefinition): {
  name: string;
  description: string | null;
  subject: string | null;
} {
  return { name, description: meta?.description ?? null, subject: meta?.subject ?? null };
}

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

  async list(
    toolId: string,
    sort: { column: SortColumn; descending: boolean; name: string },
    page: PageRequest,
  ): Promise<Page<ToolVersion>> {
    const where = [sql`v.tool_id = ${toolId}::uuid`];
    return this.lists.list({
      columns: COLUMNS,
      from: FROM,
      where,
      sort,
      id: sql`v.id`,
      page,
      row: VersionRow,
    });
  }

  /** The first version of a tool that is being made. */
  async insertFirst(version: NewVersion): Promise<void> {
    await this.db.execute(
      sql`INSERT INTO tool_versions (id, tool_id, version, definition, content_hash, created_by) VALUES (${valuesOf(version, 1)})`,
    );
  }

  /**
   * Makes the version after this one the current one, unless their content is the same. The caller has locked the tool:
   * one statement keeps that short.
   * @returns the number of the version that is current then.
   */
  async insertNext(version: NewVersion, current: number): Promise<number> {
    const { name, description, subject } = labelsOf(version.definition);
    const moved = await this.db.execute(
      sql`WITH next AS (
            INSERT INTO tool_versions (id, tool_id, version, definition, content_hash, created_by)
            SELECT ${valuesOf(version, current + 1)}
            WHERE NOT EXISTS (SELECT 1 FROM tool_versions WHERE tool_id = ${version.toolId}::uuid AND version = ${current} AND content_hash = ${version.contentHash})
            RETURNING tool_id, version)
          UPDATE tools SET current_version = next.version, name = ${name}, description = ${description}, subject = ${subject}
          FROM next WHERE tools.id = next.tool_id`,
    );
    return current + moved;
  }
}

const valuesOf = ({ toolId, definition, contentHash, createdBy }: NewVersion, version: number): Sql =>
  sql`${newId()}::uuid, ${toolId}::uuid, ${version}::int, ${JSON.stringify(definition)}::jsonb, ${contentHash}, ${createdBy}::uuid`;
