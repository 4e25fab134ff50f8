import { z } from 'zod';
import type { Database } from '../../platform/db/database';
import type { ListReader } from '../../platform/db/paging';
import { type Sql, sql } from '../../platform/db/sql';
import type { Page, PageRequest } from '../../shared/pages';
import type { AiModel, AiModelValues } from './ai.models.types';
import { INSTRUCTION_PLACES, OUTPUT_LIMITS, RESPONSE_FORMATS } from './ai.parameters';

const COLUMNS = sql`m.id, m.tenant_id AS "tenantId", m.name, m.display_name AS "displayName", m.enabled, m.is_default AS "isDefault",
  m.fallbacks, m.max_output_tokens AS "maxOutputTokens", m.input_price_micros AS "inputPriceMicros",
  m.output_price_micros AS "outputPriceMicros", m.parameters, m.revision, m.created_at AS "createdAt", m.updated_at AS "updatedAt"`;

const ModelParametersRow = z.object({
  outputLimit: z.enum(OUTPUT_LIMITS).optional(),
  responseFormat: z.enum(RESPONSE_FORMATS).optional(),
  instructions: z.enum(INSTRUCTION_PLACES).optional(),
  streamUsage: z.boolean().optional(),
  temperature: z.number().optional(),
});
const ModelRow = z.object({
  id: z.string(),
  tenantId: z.string().nullable(),
  name: z.string(),
  displayName: z.string(),
  enabled: z.boolean(),
  isDefault: z.boolean(),
  fallbacks: z.array(z.string()),
  maxOutputTokens: z.number(),
  inputPriceMicros: z.number(),
  outputPriceMicros: z.number(),
  parameters: ModelParametersRow,
  revision: z.number(),
  createdAt: z.date(),
  updatedAt: z.date(),
});
const ExistsRow = z.object({ one: z.number() });

export const MODEL_SORTS = {
  name: { expression: sql`m.name`, type: 'text' },
  createdAt: { expression: sql`m.created_at`, type: 'timestamptz' },
} as const;

export interface ModelListQuery {
  /** Whose own rows are wanted besides the platform's; absent for everybody's. */
  tenantId?: string | null;
  enabled?: boolean | undefined;
  sort: { column: (typeof MODEL_SORTS)[keyof typeof MODEL_SORTS]; descending: boolean; name: string };
  page: PageRequest;
}

export class AiModelsRepository {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
  ) {}

  /** The rows that a tenant's choice is made from: its own and the platform's. */
  async listFor(tenantId: string): Promise<AiModel[]> {
    return this.db.rows(
      sql`SELECT ${COLUMNS} FROM ai_models m WHERE m.tenant_id IS NULL OR m.tenant_id = ${tenantId}::uuid ORDER BY m.name`,
      ModelRow,
    );
  }

  async list(query: ModelListQuery): Promise<Page<AiModel>> {
    const where: Sql[] = [];
    if (query.tenantId !== undefined)
      where.push(sql`(m.tenant_id IS NULL OR m.tenant_id = ${query.tenantId}::uuid)`);
    if (query.enabled !== undefined) where.push(sql`m.enabled = ${query.enabled}`);
    return this.lists.list({
      columns: COLUMNS,
      from: sql`ai_models m`,
      where,
      sort: query.sort,
      id: sql`m.id`,
      page: query.page,
      row: ModelRow,
    });
  }

  async findById(id: string): Promise<AiModel | null> {
    return this.db.row(sql`SELECT ${COLUMNS} FROM ai_models m WHERE m.id = ${id}::uuid`, ModelRow);
  }

  /** The row, locked until the transaction ends. */
  async lockById(id: string): Promise<AiModel | null> {
    return this.db.row(sql`SELECT ${COLUMNS} FROM ai_models m WHERE m.id = ${id}::uuid FOR UPDATE`, ModelRow);
  }

  async isTenant(groupId: string): Promise<boolean> {
    const row = await this.db.row(
      sql`SELECT 1 AS one FROM groups WHERE id = ${groupId}::uuid AND parent_id IS NULL AND deleted_at IS NULL`,
      ExistsRow,
    );
    return row !== null;
  }

  async insert(id: string, tenantId: string | null, values: AiModelValues): Promise<void> {
    await this.db.execute(
      sql`INSERT INTO ai_models (id, tenant_id, name, display_name, enabled, is_default, fallbacks, max_output_tokens, input_price_micros, output_price_micros, parameters)
          VALUES (${id}::uuid, ${tenantId}::uuid, ${values.name}, ${values.displayName}, ${values.enabled}, ${values.isDefault},
                  ${values.fallbacks}::text[], ${values.maxOutputTokens}::int, ${values.inputPriceMicros}::bigint, ${values.outputPriceMicros}::bigint, ${JSON.stringify(values.parameters)}::jsonb)`,
    );
  }

  async update(id: string, values: AiModelValues): Promise<void> {
    await this.db.execute(
      sql`UPDATE ai_models SET name = ${values.name}, display_name = ${values.displayName}, enabled = ${values.enabled},
            is_default = ${values.isDefault}, fallbacks = ${values.fallbacks}::text[], max_output_tokens = ${values.maxOutputTokens}::int,
            input_price_micros = ${values.inputPriceMicros}::bigint, output_price_micros = ${values.outputPriceMicros}::bigint,
            parameters = ${JSON.stringify(values.parameters)}::jsonb
          WHERE id = ${id}::uuid`,
    );
  }

  /** There is one default a tenant: a new one takes the place of the old. */
  async clearDefault(tenantId: string | null, exceptId: string): Promise<void> {
    await this.db.execute(
      sql`UPDATE ai_models SET is_default = FALSE
          WHERE tenant_id IS NOT DISTINCT FROM ${tenantId}::uuid AND is_default AND id <> ${exceptId}::uuid`,
    );
  }

  async delete(id: string): Promise<void> {
    await this.db.execute(sql`DELETE FROM ai_models WHERE id = ${id}::uuid`);
  }
}
