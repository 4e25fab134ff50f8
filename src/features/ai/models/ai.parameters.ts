import { LRUCache } from 'lru-cache';

export const OUTPUT_LIMITS = ['max_tokens', 'max_completion_tokens', 'none'] as const;
export const RESPONSE_FORMATS = ['json_schema', 'json_object', 'none'] as const;
export const INSTRUCTION_PLACES = ['system', 'developer', 'first_message'] as const;

/** Which parameters a model takes, as an administrator declares it. What is left open is learned from refusals. */
export interface ModelParameters {
  /** How the limit of tokens is called. */
  outputLimit?: (typeof OUTPUT_LIMITS)[number] | undefined;
  responseFormat?: (typeof RESPONSE_FORMATS)[number] | undefined;
  /** Where the instructions stand. */
  instructions?: (typeof INSTRUCTION_PLACES)[number] | undefined;
  /** Whether token counts are asked for, which a stream gives only then. */
  streamUsage?: boolean | undefined;
  /** Sent as it is; without it the model's own default holds. */
  temperature?: number | undefined;
}

/** What a request is made of. */
export type RequestShape = Required<Omit<ModelParameters, 'temperature'>> &
  Pick<ModelParameters, 'temperature'>;

/** What most endpoints take. */
const USUAL: RequestShape = {
  outputLimit: 'max_tokens',
  responseFormat: 'json_schema',
  instructions: 'system',
  streamUsage: true,
};

/** A parameter that a provider would not take. */
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
  /** Whether it is this value only (a schema too odd) that it would not take. */
  onlyThisTime: boolean;
}

/** The same request without what was refused; null where nothing else can be done. */
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
      // Sent only where an administrator wants it.
      return null;
  }
}

/** Providers change what their models take; a day later it is tried again. */
const TTL_MS = 24 * 60 * 60_000;
/** Names of models come from tools: a bound, so that odd ones cannot fill the memory. */
const MAX_MODELS = 1_000;

/** What the models of one provider have refused. */
export class ParameterMemory {
  private readonly models: LRUCache<string, Partial<RequestShape>>;

  constructor(now: () => number = Date.now) {
    this.models = new LRUCache({ max: MAX_MODELS, ttl: TTL_MS, ttlResolution: 0, perf: { now } });
  }

  /** What is declared holds, then what was learned, then what is usual. */
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

/** Whether an administrator has settled what a change is about. */
export function isDeclared(declared: ModelParameters, change: Partial<RequestShape>): boolean {
  return Object.keys(change).some((key) => key in given(declared));
}

function given(declared: ModelParameters): Partial<RequestShape> {
  return Object.fromEntries(Object.entries(declared).filter(([, value]) => value !== undefined));
}
