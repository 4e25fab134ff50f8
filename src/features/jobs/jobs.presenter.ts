import { can, type Principal } from '../../authz/ability';
import { API_BASE } from '../../http/base';
import { temporalScheduleId } from '../../platform/temporal/schedule-ids';
import { encodeJobId } from './jobs.ids';
import { jobSubject } from './jobs.policy';
import {
  FAILED_STATES,
  type Schedule,
  type Workflow,
  type WorkflowState,
  type WorkflowStory,
} from './jobs.types';

const iso = (date: Date | null): string | null => date?.toISOString() ?? null;

const JOBS = `${API_BASE}/admin/jobs`;
export const jobLocation = (workflowId: string): string => `${JOBS}/workflows/${encodeJobId(workflowId)}`;
export const scheduleLocation = (id: string): string => `${JOBS}/schedules/${id}`;

export interface JobsPresenterOptions {
  /** The address of the Temporal UI. */
  uiUrl: string | undefined;
  namespace: string;
  isRestartable: (job: Workflow) => boolean;
}

/** Presents workflows and schedules with links to the Temporal UI. */
export class JobsPresenter {
  constructor(private readonly options: JobsPresenterOptions) {}

  overview(principal: Principal, counts: Record<WorkflowState, number>) {
    const workflows = `${JOBS}/workflows`;
    return {
      counts,
      links: {
        ...{
          self: JOBS,
          workflows,
          running: `${workflows}?state=running`,
          failed: `${workflows}?state=failed`,
        },
        ...{ schedules: `${JOBS}/schedules`, ui: this.ui('workflows') },
      },
      can: { readSchedules: can(principal, 'schedule.read', jobSubject(null)) },
    };
  }

  job(principal: Principal, job: Workflow) {
    const { workflowId, runId, kind, state, taskQueue, tenantId, subjectId, scheduleId } = job;
    const self = jobLocation(workflowId);
    const mayManage = can(principal, 'job.manage', jobSubject(tenantId));
    return {
      ...{ id: encodeJobId(workflowId), workflowId, runId, kind, state, taskQueue, tenantId, subjectId },
      schedule: scheduleId,
      startedAt: job.startedAt.toISOString(),
      closedAt: iso(job.closedAt),
      links: {
        ...{ self, cancel: `${self}/cancel`, retry: `${self}/retry` },
        ui: this.ui(`workflows/${encodeURIComponent(workflowId)}/${runId}/history`),
      },
      can: {
        cancel: mayManage && state === 'running',
        retry: mayManage && FAILED_STATES.has(state) && this.options.isRestartable(job),
      },
    };
  }

  story(principal: Principal, story: WorkflowStory) {
    const { summary, progress, historyEvents, pendingActivities, ending } = story;
    return {
      ...this.job(principal, story),
      ...{ summary, progress: progress ?? null, historyEvents, ending },
      pendingActivities: pendingActivities.map(({ nextAttemptAt, ...activity }) => ({
        ...activity,
        nextAttemptAt: iso(nextAttemptAt),
      })),
    };
  }

  schedule(principal: Principal, { nextRuns, lastRuns, ...schedule }: Schedule) {
    const self = scheduleLocation(schedule.id);
    return {
      ...schedule,
      nextRuns: nextRuns.map((date) => date.toISOString()),
      lastRuns: lastRuns.map(({ workflowId, scheduledAt, startedAt }) => ({
        workflowId,
        scheduledAt: scheduledAt.toISOString(),
        startedAt: startedAt.toISOString(),
        links: { job: jobLocation(workflowId) },
      })),
      links: {
        ...{ self, trigger: `${self}/trigger`, pause: `${self}/pause`, unpause: `${self}/unpause` },
        ui: this.ui(`schedules/${encodeURIComponent(temporalScheduleId(schedule.id))}`),
      },
      can: { manage: can(principal, 'schedule.manage', jobSubject(null)) },
    };
  }

  private ui(path: string): string | null {
    const { uiUrl, namespace } = this.options;
    if (uiUrl === undefined) return null;
    return `${uiUrl.replace(/\/+$/, '')}/namespaces/${encodeURIComponent(namespace)}/${path}`;
  }
}
