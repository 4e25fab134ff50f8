import { authorize, authorizeVisible, can, type Principal } from '../../authz/ability';
import type {
  WorkflowDetail,
  WorkflowFilter,
  WorkflowInfo,
  WorkflowState,
} from '../../platform/temporal/operations.types';
import type { TemporalOperations } from '../../platform/temporal/temporal-client';
import type { Page } from '../../shared/pages';
import { type AuditService, auditSubject } from '../audit';
import {
  JobNotFailedError,
  JobNotFoundError,
  JobNotRestartableError,
  JobNotRunningError,
} from './jobs.errors';
import { jobSubject } from './jobs.policy';
import { FAILED_STATES, type WorkflowStory } from './jobs.types';

/** Calls Temporal with a time limit. */
export interface AsksTemporal {
  ask<T>(work: (operations: TemporalOperations) => Promise<T>): Promise<T>;
}

export interface JobsServiceDeps {
  temporal: AsksTemporal;
  audit: AuditService;
  /** The kinds of workflows that can be restarted after a failure. */
  restartable: ReadonlySet<string>;
}

/** Manages workflows for people who operate the system. */
export class JobsService {
  constructor(private readonly deps: JobsServiceDeps) {}

  /** Lists the workflows that the caller may see. */
  async listJobs(
    principal: Principal,
    filter: WorkflowFilter,
    cursor: string | null,
    limit: number,
  ): Promise<Page<WorkflowInfo>> {
    const tenantId = this.visibleTenant(principal, filter.tenantId);
    const { items, nextCursor } = await this.deps.temporal.ask(({ workflows }) =>
      workflows.list({ ...filter, tenantId }, cursor, limit),
    );
    return { items, pagination: { limit, nextCursor } };
  }

  /** Counts the workflows that the caller may see, by state. */
  countJobs(principal: Principal): Promise<Record<WorkflowState, number>> {
    const tenantId = this.visibleTenant(principal, undefined);
    return this.deps.temporal.ask(({ workflows }) => workflows.countByState({ tenantId }));
  }

  /** Returns a workflow in its newest run. @throws JobNotFoundError */
  async getJob(principal: Principal, workflowId: string): Promise<WorkflowStory> {
    this.assertOperator(principal);
    return this.deps.temporal.ask(async (operations) => {
      const job = await this.find(operations, principal, workflowId, 'job.read');
      return this.storyOf(operations, job);
    });
  }

  /** Asks a running workflow to end. @throws JobNotFoundError, JobNotRunningError */
  async cancelJob(principal: Principal, workflowId: string): Promise<WorkflowStory> {
    this.assertOperator(principal);
    return this.deps.temporal.ask(async (operations) => {
      const job = await this.find(operations, principal, workflowId, 'job.manage');
      if (job.state !== 'running') throw new JobNotRunningError(job.state);
      // Recorded before the call, so that the request is on record even if Temporal then fails.
      await this.deps.audit.record(auditedJob(job), 'job.cancel_requested', idsOf(job));
      await operations.workflows.cancel(workflowId);
      return this.storyOf(operations, job);
    });
  }

  /**
   * Restarts a failed workflow: by its schedule if one started it, otherwise with the same input.
   * @throws JobNotFoundError, JobNotFailedError, JobNotRestartableError
   */
  async retryJob(principal: Principal, workflowId: string): Promise<WorkflowStory> {
    this.assertOperator(principal);
    return this.deps.temporal.ask(async (operations) => {
      const job = await this.find(operations, principal, workflowId, 'job.manage');
      if (!FAILED_STATES.has(job.state)) throw new JobNotFailedError(job.state);
      if (!this.isRestartable(job)) throw new JobNotRestartableError(job.kind);
      // Recorded before the call, so that the request is on record even if Temporal then fails.
      await this.deps.audit.record(auditedJob(job), 'job.retry_requested', idsOf(job));
      if (job.scheduleId !== null) await operations.schedules.trigger(job.scheduleId);
      else if (!(await operations.workflows.restart(job))) throw new JobNotFailedError('running');
      return this.storyOf(operations, (await operations.workflows.find(workflowId)) ?? job);
    });
  }

  /** Whether a failed workflow of this kind can be restarted. */
  isRestartable({ kind, scheduleId }: WorkflowInfo): boolean {
    return scheduleId !== null || this.deps.restartable.has(kind);
  }

  /** The tenant whose workflows are listed; undefined for all of them. */
  private visibleTenant(principal: Principal, wanted: string | undefined): string | undefined {
    if (can(principal, 'job.read', jobSubject(null))) return wanted;
    authorize(principal, 'job.read', jobSubject(principal.tenantId));
    // Another tenant's workflows do not exist for them: no workflow has both tenants.
    return wanted === undefined || wanted === principal.tenantId ? (principal.tenantId ?? undefined) : NOBODY;
  }

  /** A caller who operates no jobs learns neither which workflows exist nor whether Temporal is reachable. */
  private assertOperator(principal: Principal): void {
    if (!can(principal, 'job.read', jobSubject(null)))
      authorize(principal, 'job.read', jobSubject(principal.tenantId));
  }

  private async find(
    { workflows }: TemporalOperations,
    principal: Principal,
    workflowId: string,
    action: 'job.read' | 'job.manage',
  ): Promise<WorkflowDetail> {
    const job = await workflows.find(workflowId);
    if (job === null) throw new JobNotFoundError();
    authorizeVisible(principal, 'job.read', action, jobSubject(job.tenantId), () => new JobNotFoundError());
    return job;
  }

  private async storyOf({ workflows }: TemporalOperations, job: WorkflowDetail): Promise<WorkflowStory> {
    if (job.state === 'running')
      return { ...job, progress: await workflows.progress(job.workflowId), ending: null };
    const [progress, ending] = await Promise.all([
      workflows.progress(job.workflowId),
      workflows.ending(job.workflowId, job.runId),
    ]);
    // If no worker answers, the result has the progress, too.
    return { ...job, progress: progress ?? ending.result, ending };
  }
}

const auditedJob = ({ subjectId, tenantId }: WorkflowInfo) =>
  auditSubject('job', { id: subjectId, tenantId });
const idsOf = ({ workflowId, kind }: WorkflowInfo) => ({ workflowId, kind });

/** An id to which no tenant's workflow belongs. */
const NOBODY = '00000000-0000-0000-0000-000000000000';
