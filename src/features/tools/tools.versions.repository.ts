import type { Prisma } from '../../generated/prisma/client';
import type { Database } from '../../platform/db/database';
import { newId } from '../../shared/ids';
import { type ListOrder, mapPage, type Page } from '../../shared/pages';
import type { ToolDefinition } from './tools.kinds';

export type NewVersion = Pick<ToolVersion, 'toolId' | 'definition' | 'contentHash' | 'createdBy'>;

/** The columns that a tool's row copies from its current definition, for lists and search. */
export function labelsOf({ name, meta }: ToolDefinition) {
  return { name, description: meta?.description ?? null, subject: meta?.subject ?? null };
}

const VERSION = {
  id: true,
  toolId: true,
  version: true,
  definition: true,
  contentHash: true,
  createdBy: true,
  createdAt: true,
  creator: { select: { name: true } },
} as const satisfies Prisma.ToolVersionSelect;
type VersionPayload = Prisma.ToolVersionGetPayload<{ select: typeof VERSION }>;

/** One version of a tool. Immutable. */
export interface ToolVersion extends Omit<VersionPayload, 'creator'> {
  createdByName: string;
}

const toVersion = ({ creator, ...version }: VersionPayload): ToolVersion => ({
  ...version,
  createdByName: creator.name,
});

/** Stores versions of tools: rows that are written once and never change. */
export class ToolVersionsRepository {
  constructor(private readonly db: Database) {}

  async find(toolId: string, version: number): Promise<ToolVersion | null> {
    const where = { toolId_version: { toolId, version } };
    const found = await this.db.prisma.toolVersion.findUnique({ where, select: VERSION });
    return found === null ? null : toVersion(found);
  }

  async list(toolId: string, order: ListOrder): Promise<Page<ToolVersion>> {
    const found = await this.db.prisma.toolVersion.page({ where: { toolId }, select: VERSION, ...order });
    return mapPage(found, toVersion);
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
