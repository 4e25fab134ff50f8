import { isDeepStrictEqual } from 'node:util';
import type { Database } from '../../platform/db/database';
import { violatedConstraint } from '../../platform/db/errors';
import type { JsonSchemas } from '../../platform/json-schema';
import type { Logger } from '../../platform/logging/logger';
import type { FieldIssue } from '../../shared/errors';
import type { WalkedPage } from '../../shared/pages';
import {
  type AiAnswer,
  type AiGateway,
  type AiMessage,
  type AiPurpose,
  type AiRequest,
  systemMessage,
} from '../ai';
import type { AuditService } from '../audit';
import type { ToolDefinition, ToolsReader } from '../tools';
import type { RunToolResult } from './runs.contract';
import { RunSupersededError } from './runs.errors';
import type { RunExecutionRepository, RunWork } from './runs.execution.repository';
import { type Candidate, readOutput, storableAnswer } from './runs.output';
import type { RunEnding } from './runs.sql';

/** A model learns from the first few issues; all fifty would hide them. */
const MAX_REPAIR_ISSUES = 10;

const SETTLED_TWICE = 'ai_calls_run_settled_key';
const OUTPUT_INVALID = 'run.output_invalid';
const LOST = 'run.lost';

export interface RunExecutionDeps {
  db: Database;
  repository: RunExecutionRepository;
  tools: Pick<ToolsReader, 'getVersion'>;
  gateway: Pick<AiGateway, 'ask' | 'settle' | 'settleAbandonedOfRun'>;
  audit: AuditService;
  logger: Logger;
  schemas: Pick<JsonSchemas, 'validate'>;
}

/**
 * The steps of a run's workflow. Every step may be killed at any point and run again. The run's state
 * decides which attempt counts; a call is settled in the transaction that stores its result; and a new
 * attempt first settles what the previous one left open, so that an attempt that was wrongly taken for dead
 * cannot store anything any more.
 */
export class RunExecution {
  constructor(private readonly deps: RunExecutionDeps) {}

  /** Starts a queued run. Returns the run's state, whichever attempt set it. */
  async begin(runId: string): Promise<RunToolResult> {
    const { repository } = this.deps;
    if (await repository.begin(runId)) return { state: 'running', code: null };
    const { state, code } = await this.stateOf(runId);
    // If it is still queued, it was cancelled before it could begin.
    return state === 'queued' ? this.cancel(runId) : { state, code };
  }

  /**
   * Asks the model, has an invalid answer repaired once, and ends the run.
   * @throws AiError if the model gives no answer, RunSupersededError if another attempt interfered; the run
   * then stays as it is
   */
  async execute(runId: string, signal: AbortSignal): Promise<RunToolResult> {
    const { gateway, repository, tools } = this.deps;
    const work = await repository.findWork(runId);
    if (work?.state !== 'running') return this.stateOf(runId);
    await gateway.settleAbandonedOfRun(runId);
    const { definition } = await tools.getVersion(work.toolId, work.toolVersion);
    const first: AiMessage = { role: 'user', content: JSON.stringify(work.input) };
    let draft = work.draftOutput;
    if (draft === null) {
      const answer = await gateway.ask(request(work, definition, 'run', [first]), {
        signal,
        settle: 'caller',
      });
      const checked = await this.check(definition, answer.text);
      if (checked.issues.length === 0) return this.succeed(work, answer, checked.value);
      draft = storableAnswer(answer.text);
      if (!(await this.keepDraft(work, answer, draft))) return this.afterLoss(runId);
    }
    return this.repair(
      work,
      definition,
      [first, ...repairMessages(draft, (await this.check(definition, draft)).issues)],
      signal,
    );
  }

  /** Ends a run for which its workflow got no result. */
  async fail(runId: string, code: string): Promise<RunToolResult> {
    return this.giveUp(runId, { state: 'failed', errorCode: code, model: null, truncated: false });
  }

  /** Ends the run as cancelled, unless it has ended. */
  async cancel(runId: string): Promise<RunToolResult> {
    return this.giveUp(runId, { state: 'cancelled' });
  }

  /** Ends the runs on a page of unfinished ones that no workflow will end. @returns how many */
  async failLost(
    olderThanHours: number,
    { after, limit }: { after: string | null; limit: number },
  ): Promise<WalkedPage> {
    const runs = await this.deps.repository.nextUnfinished(olderThanHours, after, limit);
    const lost = runs.filter(({ isLost }) => isLost);
    for (const { id } of lost) await this.fail(id, LOST);
    if (lost.length > 0) this.deps.logger.warn('runs without a workflow were ended', { count: lost.length });
    return { done: lost.length, next: runs.length < limit ? null : (runs.at(-1)?.id ?? null) };
  }

  /** Parses an answer leniently, and accepts only what matches the schema. */
  private async check({ output_schema: schema }: ToolDefinition, text: string): Promise<CheckedOutput> {
    let first: CheckedOutput | null = null;
    for (const candidates of readOutput(text)) {
      const checked = await Promise.all(
        candidates.map((candidate) => this.checkCandidate(schema, candidate)),
      );
      const fitting = checked.filter(({ issues }) => issues.length === 0);
      const last = fitting.at(-1);
      const isOne = fitting.every(({ value }) => isDeepStrictEqual(value, last?.value));
      if (last !== undefined && isOne) return last;
      first ??= last === undefined ? (checked.at(-1) ?? null) : { value: null, issues: [AMBIGUOUS] };
    }
    return first ?? { value: null, issues: [NO_JSON] };
  }

  private async checkCandidate(
    schema: ToolDefinition['output_schema'],
    { value, inexact }: Candidate,
  ): Promise<CheckedOutput> {
    if (inexact !== null)
      return {
        value,
        issues: [{ path: '', message: `holds ${inexact}, too large a number: write it as text` }],
      };
    const issues = schema === undefined ? [] : await this.deps.schemas.validate(schema, value, null);
    return { value, issues };
  }

  private async repair(
    work: RunWork,
    definition: ToolDefinition,
    messages: AiMessage[],
    signal: AbortSignal,
  ): Promise<RunToolResult> {
    const answer = await this.deps.gateway.ask(request(work, definition, 'repair', messages), {
      signal,
      settle: 'caller',
    });
    const checked = await this.check(definition, answer.text);
    if (checked.issues.length === 0) return this.succeed(work, answer, checked.value);
    return this.settleAndEnd(work, answer, {
      state: 'failed',
      errorCode: OUTPUT_INVALID,
      model: answer.model,
      truncated: isCut(answer),
    });
  }

  private succeed(work: RunWork, answer: AiAnswer, output: unknown): Promise<RunToolResult> {
    return this.settleAndEnd(work, answer, {
      state: 'succeeded',
      output,
      model: answer.model,
      truncated: isCut(answer),
    });
  }

  private async settleAndEnd(work: RunWork, answer: AiAnswer, ending: RunEnding): Promise<RunToolResult> {
    const ended = await this.settleWith(answer, async () => {
      const row = await this.deps.repository.end(work.id, ['running'], ending);
      if (row !== null) await this.recordEnd(work.id, work.tenantId, ending);
      return row !== null;
    });
    if (!ended) return this.afterLoss(work.id);
    return { state: ending.state, code: ending.state === 'failed' ? ending.errorCode : null };
  }

  private keepDraft(work: RunWork, answer: AiAnswer, draft: string): Promise<boolean> {
    return this.settleWith(answer, () => this.deps.repository.storeDraft(work.id, draft));
  }

  /**
   * Settles the call and stores its result in one transaction.
   * @returns false if the call is already settled, or the run no longer accepts the result
   */
  private async settleWith(answer: AiAnswer, store: () => Promise<boolean>): Promise<boolean> {
    const { db, gateway } = this.deps;
    try {
      return await db.transaction(async () => {
        const isOurs = await gateway.settle(answer);
        return isOurs && (await store());
      });
    } catch (error) {
      if (violatedConstraint(error) === SETTLED_TWICE) return false;
      throw error;
    }
  }

  /**
   * Another attempt, a cancellation or the sweep was faster, so its result counts.
   * @throws RunSupersededError if it has no result yet
   */
  private async afterLoss(runId: string): Promise<RunToolResult> {
    const result = await this.stateOf(runId);
    if (result.state === 'running') throw new RunSupersededError();
    await this.deps.gateway.settleAbandonedOfRun(runId);
    return result;
  }

  private async giveUp(runId: string, ending: RunEnding): Promise<RunToolResult> {
    const { db, gateway, repository } = this.deps;
    await gateway.settleAbandonedOfRun(runId);
    await db.transaction(async () => {
      const row = await repository.end(runId, ['queued', 'running'], ending);
      if (row !== null) await this.recordEnd(runId, row.tenantId, ending);
    });
    return this.stateOf(runId);
  }

  private async recordEnd(runId: string, tenantId: string, ending: RunEnding): Promise<void> {
    const details =
      ending.state === 'failed' ? { state: ending.state, code: ending.errorCode } : { state: ending.state };
    await this.deps.audit.record({ type: 'run', id: runId, tenantId }, 'run.ended', details);
  }

  private async stateOf(runId: string): Promise<RunToolResult> {
    const work = await this.deps.repository.findWork(runId);
    return work === null ? { state: 'gone', code: null } : { state: work.state, code: work.errorCode };
  }
}

const isCut = ({ finish }: AiAnswer): boolean => finish === 'length';

function request(
  work: RunWork,
  definition: ToolDefinition,
  purpose: AiPurpose,
  messages: AiMessage[],
): AiRequest {
  const { behavior, constraints, output_schema: outputSchema } = definition;
  const limits = { topics: constraints?.topics, noDirectAnswers: constraints?.no_direct_answers };
  return {
    charge: {
      tenantId: work.tenantId,
      userId: work.userId,
      groupId: work.groupId,
      classId: work.classId,
      toolId: work.toolId,
      sessionId: null,
      runId: work.id,
      purpose,
    },
    model: definition.model ?? null,
    system: systemMessage({ behavior, constraints: limits, outputSchema }),
    messages,
    ...(outputSchema === undefined ? {} : { outputSchema }),
  };
}

type OutputIssue = Pick<FieldIssue, 'path' | 'message'>;

interface CheckedOutput {
  value: unknown;
  issues: readonly OutputIssue[];
}

const NO_JSON: OutputIssue = { path: '', message: 'is not one well-formed JSON value' };
const AMBIGUOUS: OutputIssue = {
  path: '',
  message: 'stands beside others: give one JSON value and nothing else',
};

/** The answer that did not match, and why. Both are material for the model, never instructions. */
function repairMessages(draft: string, issues: CheckedOutput['issues']): AiMessage[] {
  const reasons = issues
    .slice(0, MAX_REPAIR_ISSUES)
    .map((issue) => `- the value${issue.path === '' ? '' : ` at ${issue.path}`} ${issue.message}`);
  const content = [
    'Your answer does not fit the schema:',
    ...reasons,
    'Give the whole answer again, corrected, as one JSON value.',
  ].join('\n');
  // Providers refuse empty messages.
  const answer: AiMessage[] = draft.trim() === '' ? [] : [{ role: 'assistant', content: draft }];
  return [...answer, { role: 'user', content }];
}
