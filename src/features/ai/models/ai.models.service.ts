import { authorize, authorizeVisible, type Principal, subject } from '../../../authz/ability';
import type { Bus } from '../../../platform/bus/bus';
import { Cache } from '../../../platform/cache';
import type { Database } from '../../../platform/db/database';
import { violatedConstraint } from '../../../platform/db/errors';
import { newId } from '../../../shared/ids';
import type { ListQuery, Page } from '../../../shared/pages';
import { assertRevision, type IfMatch } from '../../../shared/revisions';
import { type AuditService, auditSubject } from '../../audit';
import type { AiModelChoice } from '../ai.types';
import type { AiProvider } from '../providers/ai.provider';
import { chooseModels, isUsableModel } from './ai.models.choice';
import {
  AiModelNotFoundError,
  DefaultTakenError,
  DisabledDefaultError,
  ModelNameTakenError,
  ModelTenantNotFoundError,
} from './ai.models.errors';
import type { AiModelsRepository, ModelFilters } from './ai.models.repository';
import type { AiModel, AiModelValues } from './ai.models.types';

/** Sent to every process when models were added, changed or removed. */
export const MODELS_CHANGED = 'ai.models_changed';
/** Models change a few times a year, and every change sends a notice; the hour only frees memory. */
const CACHE = { name: 'ai-models', ttlMs: 60 * 60_000, maxEntries: 1_000 };

export interface AiModelsDeps {
  db: Database;
  bus: Bus;
  repository: AiModelsRepository;
  audit: AuditService;
  provider: AiProvider;
  /** The operator's default; null for the provider's. */
  defaultModel: string | null;
}

/** Manages which models exist, for whom, and at what price. */
export class AiModelsService {
  private readonly byTenant: Cache<AiModel[]>;

  constructor(private readonly deps: AiModelsDeps) {
    this.byTenant = new Cache(deps.bus, CACHE);
    deps.bus.subscribe(MODELS_CHANGED, () => this.byTenant.clear());
  }

  /**
   * Whether a tool may name this model. If the provider has only one model (the demo's), it stands for
   * every listed one and itself.
   */
  async isUsable(input: {
    tenantId: string;
    name: string;
    allowed?: readonly string[] | undefined;
  }): Promise<boolean> {
    const { onlyModel } = this.deps.provider;
    if (input.name === onlyModel) return true;
    const rows = await this.rowsFor(input.tenantId);
    return isUsableModel(rows, input.name, input.allowed ?? null, onlyModel === null);
  }

  /**
   * Returns the models to ask for a tool of this tenant that names `wanted`, best first; none if the named
   * one is gone without a declared fallback, or if groups allow none. A provider's only model is not chosen
   * by name, so no list of names forbids it.
   */
  async choose(input: {
    tenantId: string;
    wanted: string | null;
    allowed?: readonly string[] | undefined;
  }): Promise<AiModelChoice[]> {
    const { provider, defaultModel } = this.deps;
    const { tenantId, wanted } = input;
    if (provider.onlyModel !== null) {
      const isUsable = wanted === null || (await this.isUsable({ tenantId, name: wanted }));
      return isUsable ? chooseModels([], provider.onlyModel, provider.onlyModel) : [];
    }
    const rows = await this.rowsFor(tenantId);
    return chooseModels(rows, wanted, defaultModel ?? provider.defaultModel, input.allowed ?? null);
  }

  /**
   * Lists the models of the platform and of the caller's tenant; platform admins see all. @throws
   * ForbiddenError
   */
  async listModels(
    principal: Principal,
    { filters, ...order }: ListQuery<Pick<ModelFilters, 'enabled'>>,
  ): Promise<Page<AiModel>> {
    authorize(principal, 'model.read', subject('Model', { tenantId: principal.tenantId }));
    const { enabled } = filters;
    const ofTenant = principal.isPlatformAdmin ? {} : { tenantId: principal.tenantId };
    return this.deps.repository.list({ ...order, filters: { enabled, ...ofTenant } });
  }

  /** @throws ForbiddenError, ModelTenantNotFoundError, ModelNameTakenError, DefaultTakenError, DisabledDefaultError */
  async createModel(principal: Principal, tenantId: string | null, values: AiModelValues): Promise<AiModel> {
    await this.requireTenant(principal, tenantId);
    authorize(principal, 'model.manage', subject('Model', { tenantId }));
    const id = newId();
    return this.write(async () => {
      if (values.isDefault) await this.deps.repository.clearDefault(tenantId, id);
      await this.deps.repository.insert(id, tenantId, values);
      await this.deps.audit.record({ type: 'ai_model', id, tenantId }, 'model.created');
      return this.reread(id);
    });
  }

  /** @throws AiModelNotFoundError, ForbiddenError, PreconditionFailedError and what `createModel` throws */
  async updateModel(
    principal: Principal,
    id: string,
    changes: { [K in keyof AiModelValues]?: AiModelValues[K] | undefined },
    ifMatch: IfMatch,
  ): Promise<AiModel> {
    return this.write(async () => {
      const model = await this.lockManaged(principal, id);
      assertRevision(ifMatch, model.revision);
      const given = Object.entries(changes).filter(([, value]) => value !== undefined);
      const values: AiModelValues = { ...model, ...Object.fromEntries(given) };
      if (values.isDefault) await this.deps.repository.clearDefault(model.tenantId, id);
      await this.deps.repository.update(id, values);
      await this.deps.audit.record(auditSubject('ai_model', model), 'model.updated', {
        fields: given.map(([field]) => field),
      });
      return this.reread(id);
    });
  }

  /** @throws AiModelNotFoundError, ForbiddenError, PreconditionFailedError */
  async deleteModel(principal: Principal, id: string, ifMatch: IfMatch): Promise<void> {
    await this.write(async () => {
      const model = await this.lockManaged(principal, id);
      assertRevision(ifMatch, model.revision);
      await this.deps.repository.delete(id);
      await this.deps.audit.record(auditSubject('ai_model', model), 'model.deleted');
    });
  }

  private rowsFor(tenantId: string): Promise<AiModel[]> {
    return this.byTenant.get(tenantId, () => this.deps.repository.listFor(tenantId));
  }

  private async write<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await this.deps.db.transaction(async () => {
        const result = await work();
        await this.deps.bus.publish(MODELS_CHANGED, {});
        return result;
      });
    } catch (error) {
      const constraint = violatedConstraint(error);
      if (constraint === 'ai_models_tenant_name_key') throw new ModelNameTakenError();
      if (constraint === 'ai_models_one_default_key') throw new DefaultTakenError();
      if (constraint === 'ai_models_default_enabled_check') throw new DisabledDefaultError();
      throw error;
    }
  }

  /** Another tenant than the caller's own does not exist for them, unless they are a platform admin. */
  private async requireTenant(principal: Principal, tenantId: string | null): Promise<void> {
    if (tenantId === null) return;
    const isVisible = principal.isPlatformAdmin || tenantId === principal.tenantId;
    if (!isVisible || !(await this.deps.repository.isTenant(tenantId))) throw new ModelTenantNotFoundError();
  }

  private async lockManaged(principal: Principal, id: string): Promise<AiModel> {
    const model = await this.deps.repository.lock(id);
    if (model === null) throw new AiModelNotFoundError();
    const object = subject('Model', { tenantId: model.tenantId });
    authorizeVisible(principal, 'model.read', 'model.manage', object, () => new AiModelNotFoundError());
    return model;
  }

  private async reread(id: string): Promise<AiModel> {
    const model = await this.deps.repository.findById(id);
    if (model === null) throw new AiModelNotFoundError();
    return model;
  }
}
