import { LRUCache } from 'lru-cache';

export const OUTPUT_LIMITS = ['max_tokens', 'max_completion_tokens', 'none'] as const;
export const RESPONSE_FORMATS = ['json_schema', 'json_object', 'none'] as const;
export const INSTRUCTION_PLACES = ['system', 'developer', 'first_message'] as const;

/**
 * Which parameters a model accepts, as an administrator declares it. Undeclared ones are learned from
 * refusals.
 */
export interface ModelParameters {
  /** The name of the token limit. */
  outputLimit?: (typeof OUTPUT_LIMITS)[number] | undefined;
  responseFormat?: (typeof RESPONSE_FORMATS)[number] | undefined;
  /** Where the instructions go. */
  instructions?: (typeof INSTRUCTION_PLACES)[number] | undefined;
  /** Whether token counts are requested; a stream reports them only then. */
  streamUsage?: boolean | undefined;
  /** Sent unchanged; without it the model's own default applies. */
  temperature?: number | undefined;
}

/** The variable parts of a request. */
export type RequestShape = Required<Omit<ModelParameters, 'temperature'>> &
  Pick<ModelParameters, 'temperature'>;

/** What most endpoints accept. */
const USUAL: RequestShape = {
  outputLimit: 'max_tokens',
  responseFormat: 'json_schema',
  instructions: 'system',
  streamUsage: true,
};

/** A parameter that a provider did not accept. */
export interface RefusedParameter {
  parameter:
    | 'max_tokens'
    | 'max_completion_tokens'
    | 'response_format'
    | 'stream_options'
    | 'temperature'
    | 'instructions';
  /** What the provider wants instead. */
  replacement: 'max_completion_tokens' | null;
  /** Whether it refused only this value (an unusual schema). */
  onlyThisTime: boolean;
}

/** Returns the same request without the refused parameter; null if nothing else can be changed. */
export function without(shape: RequestShape, refused: RefusedParameter): Partial<RequestShape> | null {
  switch (refused.parameter) {
    case 'max_tokens':
      return shape.outputLimit === 'max_tokens' ? { outputLimit: refused.replacement ?? 'none' } : null;
    case 'max_completion_tokens':
      return shape.outputLimit === 'max_completion_tokens' ? { outputLimit: 'none' } : null;
    case 'response_format':
      return shape.responseFormat === 'none' ? null : { responseFormat: 'none' };
    case 'stream_options':
      return shape.streamUsage ? { streamUsage: false } : null;
    case 'instructions':
      return shape.instructions === 'first_message' ? null : { instructions: 'first_message' };
    case 'temperature':
      // An administrator wants it sent, so it is not left out.
      return null;
  }
}

/** Providers change what their models accept, so a refused parameter is tried again after a day. */
const TTL_MS = 24 * 60 * 60_000;
/** A bound, because model names come from tools and odd names must not fill the memory. */
const MAX_MODELS = 1_000;

/** Remembers what the models of one provider have refused. */
export class ParameterMemory {
  private readonly models: LRUCache<string, Partial<RequestShape>>;

  constructor(now: () => number = Date.now) {
    this.models = new LRUCache({ max: MAX_MODELS, ttl: TTL_MS, ttlResolution: 0, perf: { now } });
  }

  /** Combines, in this order: what is declared, what was learned, what is usual. */
  shapeOf(model: string, declared: ModelParameters): RequestShape {
    return { ...USUAL, ...this.models.get(model), ...given(declared) };
  }

  learn(model: string, change: Partial<RequestShape>): void {
    this.models.set(model, { ...this.models.get(model), ...change });
  }

  forget(): void {
    this.models.clear();
  }
}

/** Whether an administrator has declared the parameter of this change. */
export function isDeclared(declared: ModelParameters, change: Partial<RequestShape>): boolean {
  return Object.keys(change).some((key) => key in given(declared));
}

function given(declared: ModelParameters): Partial<RequestShape> {
  return Object.fromEntries(Object.entries(declared).filter(([, value]) => value !== undefined));
}
