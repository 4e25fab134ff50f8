import type { Prisma } from '../../../generated/prisma/client';
import { columnsOf, modelRow } from '../../../platform/db/columns';
import type { Database } from '../../../platform/db/database';
import { type ListReader, sortBy } from '../../../platform/db/paging';
import { type Sql, sql } from '../../../platform/db/sql';
import type { ListQuery, Page } from '../../../shared/pages';
import type { AiModel, AiModelValues } from './ai.models.types';

const MODEL = {
  id: true,
  tenantId: true,
  name: true,
  displayName: true,
  enabled: true,
  isDefault: true,
  fallbacks: true,
  maxOutputTokens: true,
  inputPriceMicros: true,
  outputPriceMicros: true,
  parameters: true,
  revision: true,
  createdAt: true,
  updatedAt: true,
} as const satisfies Prisma.AiModelSelect;
type ModelPayload = Prisma.AiModelGetPayload<{ select: typeof MODEL }>;
const ModelRow = modelRow<ModelPayload>(MODEL);

export const MODEL_SORTS = {
  name: { expression: sql`m.name`, type: 'text' },
  createdAt: { expression: sql`m.created_at`, type: 'timestamptz' },
} as const;

export interface ModelFilters {
  /** Whose own rows to list in addition to the platform's; absent for all tenants. */
  tenantId?: string | null;
  enabled?: boolean | undefined;
}

/** Prices are far below 2^53, but Prisma reads them as bigint. */
const toModel = (row: ModelPayload): AiModel => ({
  ...row,
  inputPriceMicros: Number(row.inputPriceMicros),
  outputPriceMicros: Number(row.outputPriceMicros),
});

const columnsFrom = (values: AiModelValues) => ({
  name: values.name,
  displayName: values.displayName,
  enabled: values.enabled,
  isDefault: values.isDefault,
  fallbacks: values.fallbacks,
  maxOutputTokens: values.maxOutputTokens,
  inputPriceMicros: values.inputPriceMicros,
  outputPriceMicros: values.outputPriceMicros,
  parameters: values.parameters,
});

export class AiModelsRepository {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
  ) {}

  /** Returns the rows for a tenant's choice: its own and the platform's. */
  async listFor(tenantId: string): Promise<AiModel[]> {
    const rows = await this.db.prisma.aiModel.findMany({
      where: { OR: [{ tenantId: null }, { tenantId }] },
      orderBy: { name: 'asc' },
      select: MODEL,
    });
    return rows.map(toModel);
  }

  async list({ filters, sort, page }: ListQuery<ModelFilters>): Promise<Page<AiModel>> {
    const where: Sql[] = [];
    if (filters.tenantId !== undefined)
      where.push(sql`(m.tenant_id IS NULL OR m.tenant_id = ${filters.tenantId}::uuid)`);
    if (filters.enabled !== undefined) where.push(sql`m.enabled = ${filters.enabled}`);
    return this.lists.list({
      columns: columnsOf(MODEL, 'm'),
      from: sql`ai_models m`,
      where,
      sort: sortBy(MODEL_SORTS, sort),
      id: sql`m.id`,
      page,
      row: ModelRow,
    });
  }

  async findById(id: string): Promise<AiModel | null> {
    const row = await this.db.prisma.aiModel.findUnique({ where: { id }, select: MODEL });
    return row === null ? null : toModel(row);
  }

  /** Returns the row, locked until the transaction ends. */
  async lock(id: string): Promise<AiModel | null> {
    const row = await this.db.prisma.aiModel.lock({ where: { id }, select: MODEL });
    return row === null ? null : toModel(row);
  }

  async isTenant(groupId: string): Promise<boolean> {
    const where = { id: groupId, parentId: null, deletedAt: null };
    return (await this.db.prisma.group.count({ where })) === 1;
  }

  async insert(id: string, tenantId: string | null, values: AiModelValues): Promise<void> {
    const data = { id, tenantId, ...columnsFrom(values) };
    await this.db.prisma.aiModel.create({ data, select: { id: true } });
  }

  async update(id: string, values: AiModelValues): Promise<void> {
    const data = columnsFrom(values);
    await this.db.prisma.aiModel.update({ where: { id }, data, select: { id: true } });
  }

  /** A tenant has one default model: a new one replaces the old one. */
  async clearDefault(tenantId: string | null, exceptId: string): Promise<void> {
    const where = { tenantId, isDefault: true, id: { not: exceptId } };
    await this.db.prisma.aiModel.updateMany({ where, data: { isDefault: false } });
  }

  async delete(id: string): Promise<void> {
    await this.db.prisma.aiModel.delete({ where: { id }, select: { id: true } });
  }
}
