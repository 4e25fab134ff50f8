import { authorize, authorizeVisible, isArchivedClassOf, type Principal, subject } from '../../authz/ability';
import type { Database } from '../../platform/db/database';
import type { JsonSchemas } from '../../platform/json-schema';
import type { Outbox } from '../../platform/outbox/outbox';
import type { Clock } from '../../shared/clock';
import { newId } from '../../shared/ids';
import type { ListQuery, Page } from '../../shared/pages';
import type { AiLimitsReader } from '../ai';
import type { AuditService } from '../audit';
import type { SubmissionsReader } from '../submissions';
import type { ToolsReader } from '../tools';
import { runToolContract } from './runs.contract';
import {
  RunCancelledError,
  RunFailedError,
  RunFinishedError,
  RunInputError,
  RunNotFinishedError,
  RunNotFoundError,
  SubmissionEndedError,
  ToolNotProductError,
  TooManyRunsError,
} from './runs.errors';
import { runSubject } from './runs.policy';
import type { RunsRepository } from './runs.repository';
import type { RunFilters, RunTarget } from './runs.types';
import {
  type CreateRunInput,
  isFinishedRun,
  type Run,
  type RunWithInput,
  type RunWithOutput,
} from './runs.types';

/** More than one person waits for, and few enough that one person cannot fill a school's queue. */
const MAX_UNFINISHED_RUNS = 20;

export interface RunsDeps {
  db: Database;
  clock: Clock;
  outbox: Outbox;
  repository: RunsRepository;
  tools: ToolsReader;
  submissions: SubmissionsReader;
  limits: AiLimitsReader;
  audit: AuditService;
  schemas: Pick<JsonSchemas, 'validate'>;
}

/** Manages runs of product tools: create, follow, get the result. */
export class RunsService {
  constructor(private readonly deps: RunsDeps) {}

  /**
   * Queues a run; the worker does the rest as soon as it can.
   * @throws RunInputError if the input does not match the tool's schema, ToolNotProductError,
   * TooManyRunsError, AiSwitchedOffError, SchemaUnusableError, and the errors of a tool or submission that
   * the caller may not use
   */
  async createRun(principal: Principal, { toolId, submissionId, input }: CreateRunInput): Promise<Run> {
    const { audit, db, outbox, repository, schemas, tools } = this.deps;
    authorize(principal, 'run.create', subject('Account', { userId: principal.userId }));
    const target =
      submissionId === undefined
        ? await this.targetOfTool(principal, toolId ?? '')
        : await this.targetOfSubmission(principal, submissionId);
    const { definition } = await tools.getVersion(target.toolId, target.toolVersion);
    const { input_schema: schema } = definition;
    const issues = schema === undefined ? [] : await schemas.validate(schema, input, principal.userId);
    if (issues.length > 0) throw new RunInputError(issues);
    const id = newId();
    const { tenantId } = target;
    const run = { id, userId: principal.userId, target, input };
    await db.transaction(async () => {
      const outcome = await repository.insert(run, MAX_UNFINISHED_RUNS);
      if (outcome === 'too_many') throw new TooManyRunsError();
      if (outcome === 'submission_ended') throw new SubmissionEndedError();
      await outbox.start(runToolContract, { input: { runId: id }, tenantId, subjectId: id });
      await audit.record({ type: 'run', id, tenantId }, 'run.created', { toolId: target.toolId });
    });
    return this.find(id);
  }

  /**
   * Lists the caller's own runs; with a class, person or submission also other people's that they may read.
   */
  async listRuns(principal: Principal, query: ListQuery<RunFilters>): Promise<Page<Run>> {
    return this.deps.repository.list(principal, query);
  }

  /** @throws RunNotFoundError, also if the caller may not see it */
  async getRun(principal: Principal, id: string): Promise<RunWithInput> {
    const run = await this.deps.repository.findWithInput(id);
    return this.readable(principal, run, 'run.read');
  }

  /**
   * Returns a succeeded run with its output. @throws RunNotFinishedError, RunFailedError or
   * RunCancelledError otherwise
   */
  async getResult(principal: Principal, id: string): Promise<RunWithOutput> {
    const run = await this.readable(
      principal,
      await this.deps.repository.findWithOutput(id),
      'run.read_result',
    );
    if (!isFinishedRun(run.state)) throw new RunNotFinishedError(run.state);
    if (run.state === 'failed') throw new RunFailedError(run.errorCode ?? 'internal');
    if (run.state === 'cancelled') throw new RunCancelledError();
    return run;
  }

  /**
   * Cancels a run: a queued one immediately, a running one as soon as its worker is notified. Repeating it
   * changes nothing.
   * @throws RunFinishedError if it succeeded or failed
   */
  async cancelRun(principal: Principal, id: string): Promise<Run> {
    const run = await this.find(id);
    authorizeVisible(
      principal,
      'run.read',
      'run.cancel',
      runSubject(run),
      () => new RunNotFoundError(),
      isArchivedClassOf(principal, run.classId),
    );
    await this.deps.db.transaction(() => this.cancelLocked(run));
    return this.find(id);
  }

  private async cancelLocked(run: Run): Promise<void> {
    const { audit, clock, outbox, repository } = this.deps;
    const locked = await repository.lock(run.id);
    if (locked === null) throw new RunNotFoundError();
    if (locked.state === 'succeeded' || locked.state === 'failed') throw new RunFinishedError(locked.state);
    if (locked.state === 'cancelled' || locked.cancelRequestedAt !== null) return;
    const { tenantId } = locked;
    if (locked.state === 'queued') await repository.cancelQueued(run.id, clock.now());
    else {
      await repository.requestCancel(run.id, clock.now());
      await outbox.cancel(runToolContract, { input: { runId: run.id }, tenantId, subjectId: run.id });
    }
    await audit.record({ type: 'run', id: run.id, tenantId, aboutUserId: run.userId }, 'run.cancelled');
  }

  private async targetOfTool(principal: Principal, toolId: string): Promise<RunTarget> {
    const tool = await this.deps.tools.getUsable(principal, toolId);
    if (tool.type !== 'product') throw new ToolNotProductError();
    const tenantId = principal.tenantId ?? tool.tenantId;
    // The worker checks again, because it may start much later.
    const { classId, groupId } = tool;
    await this.deps.limits.forWork({ tenantId, userId: principal.userId, classId, groupId });
    return { tenantId, toolId: tool.toolId, toolVersion: tool.version, classId, submissionId: null };
  }

  private async targetOfSubmission(principal: Principal, submissionId: string): Promise<RunTarget> {
    const submission = await this.deps.submissions.getForWork(principal, submissionId);
    if (submission.toolType !== 'product') throw new ToolNotProductError();
    const { tenantId, groupId, toolId, toolVersion, classId } = submission;
    await this.deps.limits.forWork({ tenantId, userId: principal.userId, classId, groupId });
    return { tenantId, toolId, toolVersion, classId, submissionId };
  }

  private async find(id: string): Promise<Run> {
    const run = await this.deps.repository.find(id);
    if (run === null) throw new RunNotFoundError();
    return run;
  }

  /** Checks that the principal may read the run, and records it if another person than its owner reads. */
  private async readable<R extends Run>(principal: Principal, run: R | null, action: string): Promise<R> {
    if (run === null) throw new RunNotFoundError();
    authorizeVisible(principal, 'run.read', 'run.read', runSubject(run), () => new RunNotFoundError());
    if (run.userId !== principal.userId) {
      const { id, tenantId, userId } = run;
      await this.deps.audit.record({ type: 'run', id, tenantId, aboutUserId: userId }, action);
    }
    return run;
  }
}
