import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type JsonSchemas, NoSampleError } from '../../../platform/json-schema';
import { estimateTokens } from '../gateway/ai.text';
import type { AiProvider, ProviderChunk, ProviderRequest } from './ai.provider';

const NAME = 'demo';
/** How many characters of the student's message are repeated, to show that it arrived. */
const QUOTED_CHARACTERS = 80;

const FIRST_WORDS =
  'I am the demo model: nobody has connected an AI service to this installation yet, so I only play the part of a tutor.';

const QUESTIONS = [
  'What do you already know about it, and where exactly does it get difficult?',
  'How would you explain that to a friend who has never heard of it?',
  'What would you try first, and what do you expect to happen?',
  'Can you find an example from your own life where this matters?',
  'Which part of that are you sure of, and which part are you guessing?',
  'What would change if you turned one detail of it into its opposite?',
  'How could you check by yourself whether that is right?',
  'What is the next small step that you could take?',
];

/** Not JSON, so that the run reports that its answer does not fit. */
const NO_SAMPLE = 'The demo model cannot make an example as large as this tool asks for.';

function pick(seed: string): string {
  const digest = createHash('sha256').update(seed).digest();
  return QUESTIONS[digest.readUInt32BE(0) % QUESTIONS.length] as string;
}

function quote(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  const characters = Array.from(line);
  return characters.length <= QUOTED_CHARACTERS
    ? line
    : `${characters.slice(0, QUOTED_CHARACTERS).join('').trimEnd()}…`;
}

function tutorAnswer(request: ProviderRequest): string {
  const own = request.messages.filter((message) => message.role === 'user');
  const last = own.at(-1)?.content ?? '';
  const opening = own.length <= 1 ? `${FIRST_WORDS} ` : '(Demo model.) ';
  return `${opening}You wrote: “${quote(last)}”. ${pick(`${own.length} ${last}`)}`;
}

/**
 * Answers without any network, so that everything works on a fresh machine. The same question gets the same
 * answer. It says that it is a demo, and never repeats its instructions.
 */
export class DemoProvider implements AiProvider {
  readonly name = NAME;
  readonly defaultModel = 'demo-tutor';
  readonly onlyModel = 'demo-tutor';

  constructor(private readonly options: { wordDelayMs: number; schemas: Pick<JsonSchemas, 'sample'> }) {}

  async *chat(request: ProviderRequest, signal: AbortSignal): AsyncGenerator<ProviderChunk> {
    const text =
      request.outputSchema === undefined ? tutorAnswer(request) : await this.sample(request.outputSchema);
    for (const word of text.match(/\S+\s*/g) ?? [text]) {
      if (this.options.wordDelayMs > 0) await sleep(this.options.wordDelayMs, undefined, { signal });
      if (signal.aborted) return;
      yield { text: word };
    }
    const read = request.messages.reduce(
      (sum, message) => sum + Buffer.byteLength(message.content),
      Buffer.byteLength(request.system),
    );
    yield {
      finish: 'stop',
      usage: { inputTokens: estimateTokens(read), outputTokens: estimateTokens(Buffer.byteLength(text)) },
    };
  }
  private async sample(schema: Record<string, unknown>): Promise<string> {
    try {
      return JSON.stringify(await this.options.schemas.sample(schema));
    } catch (error) {
      if (error instanceof NoSampleError) return NO_SAMPLE;
      throw error;
    }
  }
}
