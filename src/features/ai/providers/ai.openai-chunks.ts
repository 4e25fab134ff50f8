import { type ProviderChunk, ProviderError, type ReportedUsage } from './ai.provider';
import { hasProperties } from './ai.refusals';

const wrongShape = (what: string) =>
  new ProviderError('ai.bad_response', 'same', `an event of another shape: ${what}`);

/**
 * Reads a chunk without trusting its type: the client's types say what a provider should send, not what it
 * sends.
 */
export function readChunk(chunk: unknown): ProviderChunk {
  if (!hasProperties(chunk)) throw wrongShape('no object');
  const { choices, usage } = chunk;
  const result: ProviderChunk = hasProperties(usage) ? { usage: usageOf(usage) } : {};
  if (choices === undefined || choices === null) {
    if (result.usage === undefined) throw wrongShape('no choices');
    return result;
  }
  if (!Array.isArray(choices)) throw wrongShape('choices');
  const choice: unknown = choices[0];
  if (choice === undefined) return result;
  if (!hasProperties(choice)) throw wrongShape('choice');
  const { delta, finish_reason: finish } = choice;
  if (hasProperties(delta)) Object.assign(result, readDelta(delta));
  if (hasProperties(delta) && typeof delta.refusal === 'string' && delta.refusal !== '')
    result.finish = 'refused';
  else if (typeof finish === 'string' && finish !== '') result.finish = finishOf(finish);
  return result;
}

/** Fields in which endpoints send a model's reasoning; none of them is the answer. */
const REASONING = ['reasoning', 'reasoning_content', 'thinking'];

function readDelta(delta: Record<string, unknown>): Pick<ProviderChunk, 'text' | 'reasoningBytes'> {
  const thoughts = REASONING.map((field) => delta[field]).find((value) => typeof value === 'string');
  const { text, reasoningBytes } = readContent(delta.content);
  const bytes = reasoningBytes + (typeof thoughts === 'string' ? Buffer.byteLength(thoughts) : 0);
  return { ...(text === '' ? {} : { text }), ...(bytes === 0 ? {} : { reasoningBytes: bytes }) };
}

/** Reads text, or a list of parts of which only those of type `text` are the answer. */
function readContent(content: unknown): { text: string; reasoningBytes: number } {
  if (content === null || content === undefined) return { text: '', reasoningBytes: 0 };
  if (typeof content === 'string') return { text: content, reasoningBytes: 0 };
  if (!Array.isArray(content)) throw wrongShape('content');
  let text = '';
  let reasoningBytes = 0;
  for (const part of content as unknown[]) {
    if (!hasProperties(part)) throw wrongShape('part of content');
    if (part.type === 'text' && typeof part.text === 'string') text += part.text;
    else reasoningBytes += Buffer.byteLength(JSON.stringify(part.thinking ?? ''));
  }
  return { text, reasoningBytes };
}

function finishOf(reason: string): NonNullable<ProviderChunk['finish']> {
  if (reason === 'length') return 'length';
  if (reason === 'content_filter') return 'filtered';
  if (reason === 'error') throw new ProviderError('ai.interrupted', 'same', 'the provider broke off');
  return 'stop';
}

function usageOf(usage: Record<string, unknown>): ReportedUsage {
  return { inputTokens: count(usage.prompt_tokens), outputTokens: count(usage.completion_tokens) };
}

/** A real call reads and writes at least one token, so a zero means that the provider does not count. */
function count(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value > 0
    ? Math.min(Math.ceil(value), 2_000_000_000)
    : null;
}
