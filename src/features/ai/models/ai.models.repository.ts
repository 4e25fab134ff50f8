import type { Prisma } from '../../../generated/prisma/client';
import type { Database } from '../../../platform/db/database';
import { type ListQuery, mapPage, type Page } from '../../../shared/pages';
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
  constructor(private readonly db: Database) {}

  /** Returns the rows for a tenant's choice: its own and the platform's. */
  async listFor(tenantId: string): Promise<AiModel[]> {
    const rows = await this.db.prisma.aiModel.findMany({
      where: { OR: [{ tenantId: null }, { tenantId }] },
      orderBy: { name: 'asc' },
      select: MODEL,
    });
    return rows.map(toModel);
  }

  async list({ filters, ...order }: ListQuery<ModelFilters>): Promise<Page<AiModel>> {
    const { tenantId, enabled } = filters;
    const where = {
      ...(tenantId === undefined ? {} : { OR: [{ tenantId: null }, { tenantId }] }),
      ...(enabled === undefined ? {} : { enabled }),
    };
    return mapPage(await this.db.prisma.aiModel.page({ where, select: MODEL, ...order }), toModel);
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
