import { defineRoute, platformAdmin, type Route, signedIn } from '../../http/route';
import type { JobsController } from './jobs.controller';
import {
  JobDetailSchema,
  JobOverviewSchema,
  JobParams,
  JobSchema,
  ListJobsQuery,
  ListSchedulesQuery,
  ScheduleParams,
  ScheduleSchema,
} from './jobs.schemas';

const AWAY = { 'temporal.unavailable': 'Temporal does not answer. Jobs wait until it does.' };
const JOB_ERRORS = { ...AWAY, 'job.not_found': 'There is no such workflow, or you may not see it.' };
const SCHEDULE_ERRORS = { ...AWAY, 'schedule.not_found': 'There is no such schedule.' };

const workflowReads = (controller: JobsController) => [
  defineRoute({
    method: 'get',
    path: '/admin/jobs',
    summary: 'Get an overview of the jobs',
    description:
      'Returns the number of workflows in each state, with links to more detail. Admins of a root group see the workflows of their tenant, platform admins all.',
    access: signedIn('job.read'),
    success: { status: 200, description: 'The counts.', data: JobOverviewSchema },
    errors: AWAY,
    handler: controller.overview,
  }),
  defineRoute({
    method: 'get',
    path: '/admin/jobs/workflows',
    summary: 'List workflows',
    description:
      'Admins of a root group see the workflows of their tenant, platform admins all. Running workflows come first, then the newest.',
    access: signedIn('job.read'),
    query: ListJobsQuery,
    success: { status: 200, description: 'A page of workflows.', data: JobSchema, list: true },
    errors: { ...AWAY, 'temporal.refused': 'The cursor is not valid for Temporal.' },
    handler: controller.list,
  }),
  defineRoute({
    method: 'get',
    path: '/admin/jobs/workflows/:id',
    summary: 'Get a workflow',
    description: 'Shows in codes and counts how far the workflow is, what it waits for and why it failed.',
    access: signedIn('job.read'),
    params: JobParams,
    success: { status: 200, description: 'The newest run of the workflow.', data: JobDetailSchema },
    errors: JOB_ERRORS,
    handler: controller.get,
  }),
];

const workflowChanges = (controller: JobsController) => [
  defineRoute({
    method: 'post',
    path: '/admin/jobs/workflows/:id/cancel',
    summary: 'Cancel a workflow',
    description: 'The workflow stops cleanly, within a few seconds if a worker is processing it.',
    access: signedIn('job.manage'),
    params: JobParams,
    success: { status: 202, description: 'The cancellation is requested.', data: JobDetailSchema },
    errors: { ...JOB_ERRORS, 'job.not_running': 'The workflow has already ended.' },
    handler: controller.cancel,
  }),
  defineRoute({
    method: 'post',
    path: '/admin/jobs/workflows/:id/retry',
    summary: 'Retry a failed workflow',
    description:
      'Starts the workflow again with the same input, if that is safe. If a schedule had started the workflow, the schedule starts it again.',
    access: signedIn('job.manage'),
    params: JobParams,
    success: { status: 202, description: 'The workflow is started again.', data: JobDetailSchema },
    errors: {
      ...JOB_ERRORS,
      'job.not_failed': 'The workflow is running or has succeeded.',
      'job.not_restartable': 'Workflows of this kind cannot be retried.',
    },
    handler: controller.retry,
  }),
];

const scheduleReads = (controller: JobsController) => [
  defineRoute({
    method: 'get',
    path: '/admin/jobs/schedules',
    summary: 'List schedules with their next and last runs',
    access: platformAdmin('schedule.read'),
    query: ListSchedulesQuery,
    success: { status: 200, description: 'All schedules.', data: ScheduleSchema, list: true },
    errors: AWAY,
    handler: controller.listSchedules,
  }),
  defineRoute({
    method: 'get',
    path: '/admin/jobs/schedules/:id',
    summary: 'Get a schedule',
    access: platformAdmin('schedule.read'),
    params: ScheduleParams,
    success: { status: 200, description: 'The schedule.', data: ScheduleSchema },
    errors: SCHEDULE_ERRORS,
    handler: controller.getSchedule,
  }),
];

const scheduleChanges = (controller: JobsController) => [
  defineRoute({
    method: 'post',
    path: '/admin/jobs/schedules/:id/trigger',
    summary: 'Run a schedule now',
    description: 'Starts an extra run. It is skipped if a run of the schedule is still in progress.',
    access: platformAdmin('schedule.manage'),
    params: ScheduleParams,
    success: { status: 202, description: 'The run is requested.', data: ScheduleSchema },
    errors: SCHEDULE_ERRORS,
    handler: controller.trigger,
  }),
  defineRoute({
    method: 'post',
    path: '/admin/jobs/schedules/:id/pause',
    summary: 'Pause a schedule',
    description: 'The schedule stays paused when workers restart.',
    access: platformAdmin('schedule.manage'),
    params: ScheduleParams,
    success: { status: 200, description: 'The schedule.', data: ScheduleSchema },
    errors: SCHEDULE_ERRORS,
    handler: controller.pause,
  }),
  defineRoute({
    method: 'post',
    path: '/admin/jobs/schedules/:id/unpause',
    summary: 'Resume a schedule',
    access: platformAdmin('schedule.manage'),
    params: ScheduleParams,
    success: { status: 200, description: 'The schedule.', data: ScheduleSchema },
    errors: SCHEDULE_ERRORS,
    handler: controller.unpause,
  }),
];

export const jobRoutes = (controller: JobsController): Route[] => [
  ...workflowReads(controller),
  ...workflowChanges(controller),
  ...scheduleReads(controller),
  ...scheduleChanges(controller),
];
