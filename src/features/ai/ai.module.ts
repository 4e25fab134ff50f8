import type { Platform } from '../../platform/platform';
import type { AuditService } from '../audit';
import { AiCallsRepository } from './gateway/ai.calls.repository';
import { ModelCircuits } from './gateway/ai.circuits';
import { ConfigurationFaults, type FaultReport } from './gateway/ai.faults';
import { AiGateway } from './gateway/ai.gateway';
import { AiLimitsReader, type AiLimitsSources } from './gateway/ai.limits';
import { AiModelsController } from './models/ai.models.controller';
import { AiModelsRepository } from './models/ai.models.repository';
import { aiModelRoutes } from './models/ai.models.routes';
import { AiModelsService, MODELS_CHANGED } from './models/ai.models.service';
import { gatewayAddress } from './providers/ai.address';
import { DemoProvider } from './providers/ai.demo-provider';
import { OpenAiProvider } from './providers/ai.openai-provider';
import type { AiProvider } from './providers/ai.provider';

/** OpenRouter's own choice of a current model. */
const OPENROUTER_DEFAULT = 'openrouter/auto';
/** A model that most other gateways know; an operator names a better one with AI_DEFAULT_MODEL. */
const OTHER_DEFAULT = 'gpt-4o-mini';
/** Slow enough to be visible as a stream. */
const DEMO_WORD_DELAY_MS = 8;

function chooseProvider({ config, bus, logger, schemas }: Platform): AiProvider {
  const address = gatewayAddress(config);
  if (address === null) {
    return new DemoProvider({ wordDelayMs: config.NODE_ENV === 'test' ? 0 : DEMO_WORD_DELAY_MS, schemas });
  }
  const { baseUrl, apiKey, isOpenRouter } = address;
  const defaultModel = isOpenRouter ? OPENROUTER_DEFAULT : OTHER_DEFAULT;
  const provider = new OpenAiProvider({ baseUrl, apiKey, defaultModel, logger });
  bus.subscribe(MODELS_CHANGED, () => provider.forget());
  return provider;
}

export interface AiModuleDeps {
  audit: AuditService;
  limits: AiLimitsSources;
  /** Notifies administrators of a configuration fault. */
  tellFault: (report: FaultReport) => Promise<void>;
}

/** Builds the feature: models, limits and the gateway. */
export function createAiModule(platform: Platform, deps: AiModuleDeps) {
  const { config, db, bus, logger } = platform;
  const provider = chooseProvider(platform);
  const models = new AiModelsService({
    db,
    bus,
    repository: new AiModelsRepository(db),
    audit: deps.audit,
    provider,
    defaultModel: config.AI_DEFAULT_MODEL ?? null,
  });
  const limits = new AiLimitsReader(deps.limits);
  const gateway = new AiGateway(
    {
      provider,
      circuits: new ModelCircuits(),
      calls: new AiCallsRepository(db),
      logger,
      faults: new ConfigurationFaults({ logger, provider: provider.name, tell: deps.tellFault }),
      silenceMs: config.AI_FIRST_TOKEN_TIMEOUT_MS,
      totalMs: config.AI_TIMEOUT_MS,
    },
    models,
    limits,
  );
  return {
    routes: aiModelRoutes(new AiModelsController(models, config.BILLING_CURRENCY)),
    gateway,
    limits,
    models,
    /**
     * Whether a tool of this place may name this model: it is listed, switched on, and allowed by the
     * groups.
     */
    isUsableModel: async (place: { tenantId: string; groupId: string }, name: string): Promise<boolean> => {
      const { allowedModels: allowed } = await deps.limits.limitsOf(place.groupId);
      return models.isUsable({ tenantId: place.tenantId, name, allowed });
    },
    /** Whether answers come from the embedded demo provider. */
    isDemo: provider instanceof DemoProvider,
  };
}

export type AiModule = ReturnType<typeof createAiModule>;
