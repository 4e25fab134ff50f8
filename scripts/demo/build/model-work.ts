import { costMicros } from '../../../src/features/ai';
import { newId } from '../../../src/shared/ids';
import { TOOLS } from '../data';
import type { DemoTool, ToolKey } from '../demo.schemas';
import type { PlannedChat, PlannedMessage, PlannedRun } from '../plan/work.types';
import type { Random } from '../random';
import type { CallRow, DemoMessage, DemoRun, DemoSession } from './model-work.repository';

/** The name that the embedded demo provider gives itself. */
const PROVIDER = 'demo';
const MODEL = 'demo-tutor';

/**
 * Prices of a small model, in millionths of the currency per million tokens. The demo provider is free, and
 * usage reports of zero cost would show nothing.
 */
const PRICES = { inputPriceMicros: 150_000, outputPriceMicros: 600_000 };

/** Roughly this many characters make a token. */
const CHARACTERS_PER_TOKEN = 4;
const MINUTE_MS = 60_000;

/** The owner of a chat or run, and the tool version that it uses. */
export interface ModelWorkOwner {
  tenantId: string;
  /** The group that pays: the group of the class, or of the tool. */
  groupId: string;
  classId: string | null;
  submissionId: string | null;
  userId: string;
  tool: ToolKey;
  toolId: string;
  toolVersion: number;
}

/** Collects the rows of finished chats and runs. */
export class ModelWork {
  readonly sessions: DemoSession[] = [];
  readonly messages: DemoMessage[] = [];
  readonly runs: DemoRun[] = [];
  readonly calls: CallRow[] = [];

  constructor(
    private readonly random: Random,
    private readonly now: Date,
  ) {}

  /** Adds a chat on a submission. */
  addChat(owner: ModelWorkOwner & { classId: string; submissionId: string }, chat: PlannedChat): void {
    const id = newId();
    const [first, last] = [chat.messages[0], chat.messages.at(-1)];
    if (first === undefined || last === undefined) return;
    const endedAt = chat.endedAt ?? this.expiryOf(owner.tool, first.at);
    const state = chat.endedAt !== null ? 'completed' : endedAt === null ? 'active' : 'expired';
    this.sessions.push({
      id,
      tenant_id: owner.tenantId,
      user_id: owner.userId,
      tool_id: owner.toolId,
      tool_version: owner.toolVersion,
      class_id: owner.classId,
      submission_id: owner.submissionId,
      state,
      message_count: chat.messages.filter(({ role }) => role === 'user').length,
      last_seq: chat.messages.length,
      last_activity_at: last.at,
      ended_at: endedAt,
      created_at: first.at,
    });
    let context = tokensOf(definitionOf(owner.tool).behavior);
    for (const [index, message] of chat.messages.entries()) {
      this.addMessage(owner, id, index + 1, message, context);
      context += tokensOf(message.content);
    }
  }

  addRun(owner: ModelWorkOwner, run: PlannedRun): void {
    const id = newId();
    const latency = this.random.integer(2_000, 9_000);
    const finishedAt = new Date(run.at.getTime() + latency);
    const input = tokensOf(definitionOf(owner.tool).behavior) + tokensOf(JSON.stringify(run.input));
    const output = tokensOf(JSON.stringify(run.output));
    this.runs.push({
      id,
      tenant_id: owner.tenantId,
      user_id: owner.userId,
      tool_id: owner.toolId,
      tool_version: owner.toolVersion,
      class_id: owner.classId,
      submission_id: owner.submissionId,
      input: run.input,
      output: run.output,
      model: MODEL,
      input_tokens: input,
      output_tokens: output,
      cost_micros: costOf(input, output),
      started_at: run.at,
      finished_at: finishedAt,
      created_at: run.at,
    });
    this.addCall(owner, { runId: id, sessionId: null, input, output, latency, at: run.at });
  }

  private addMessage(
    owner: ModelWorkOwner,
    sessionId: string,
    seq: number,
    { role, content, at }: PlannedMessage,
    context: number,
  ): void {
    const isAnswer = role === 'assistant';
    const output = tokensOf(content);
    const latency = this.random.integer(700, 2_600) + output * 9;
    this.messages.push({
      id: newId(),
      session_id: sessionId,
      seq,
      role,
      content,
      model: isAnswer ? MODEL : null,
      input_tokens: isAnswer ? context : null,
      output_tokens: isAnswer ? output : null,
      latency_ms: isAnswer ? latency : null,
      created_at: at,
    });
    if (isAnswer) this.addCall(owner, { runId: null, sessionId, input: context, output, latency, at });
  }

  private addCall(
    owner: ModelWorkOwner,
    call: {
      sessionId: string | null;
      runId: string | null;
      input: number;
      output: number;
      latency: number;
      at: Date;
    },
  ): void {
    this.calls.push({
      id: newId(),
      tenant_id: owner.tenantId,
      group_id: owner.groupId,
      class_id: owner.classId,
      user_id: owner.userId,
      tool_id: owner.toolId,
      session_id: call.sessionId,
      run_id: call.runId,
      purpose: call.runId === null ? 'chat' : 'run',
      provider: PROVIDER,
      model: MODEL,
      input_tokens: call.input,
      output_tokens: call.output,
      cost_micros: costOf(call.input, call.output),
      first_token_ms: Math.round(call.latency / 4),
      latency_ms: call.latency,
      settled_at: new Date(call.at.getTime() + call.latency),
      created_at: call.at,
    });
  }

  /**
   * The time at which the tool's time limit ended a chat that its student left open; null if that is still
   * to come.
   */
  private expiryOf(tool: ToolKey, begun: Date): Date | null {
    const minutes = definitionOf(tool).constraints?.max_session_duration ?? 60;
    const end = new Date(begun.getTime() + minutes * MINUTE_MS);
    return end < this.now ? end : null;
  }
}

const costOf = (inputTokens: number, outputTokens: number): number =>
  costMicros({ inputTokens, outputTokens }, PRICES);

function definitionOf(key: ToolKey): DemoTool['definition'] {
  const tool = TOOLS.find((each) => each.key === key);
  if (tool === undefined) throw new RangeError(`There is no tool ${key}`);
  return tool.definition;
}

function tokensOf(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}
