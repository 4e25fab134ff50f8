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

const AWAY = { 'temporal.unavailable': 'Temporal does not answer; jobs wait until it does.' };
const JOB_ERRORS = { ...AWAY, 'job.not_found': 'There is no such workflow, or not for the caller.' };
const SCHEDULE_ERRORS = { ...AWAY, 'schedule.not_found': 'There is no such schedule.' };

const workflowReads = (controller: JobsController) => [
  defineRoute({
    method: 'get',
    path: '/admin/jobs',
    summary: 'See how the jobs are doing',
    description:
      'Counts by state, for admins of a root group those of their tenant, and where to look further.',
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
      'For admins of a root group those of their tenant, for platform admins all: first those that run, then the newest.',
    access: signedIn('job.read'),
    query: ListJobsQuery,
    success: { status: 200, description: 'A page of workflows.', data: JobSchema, list: true },
    errors: { ...AWAY, 'temporal.refused': 'The cursor is none of Temporal’s.' },
    handler: controller.list,
  }),
  defineRoute({
    method: 'get',
    path: '/admin/jobs/workflows/:id',
    summary: 'Follow a workflow',
    description: 'How far it is, what it waits for, why it failed: in codes and counts.',
    access: signedIn('job.read'),
    params: JobParams,
    success: { status: 200, description: 'The workflow in its newest run.', data: JobDetailSchema },
    errors: JOB_ERRORS,
    handler: controller.get,
  }),
];

const workflowChanges = (controller: JobsController) => [
  defineRoute({
    method: 'post',
    path: '/admin/jobs/workflows/:id/cancel',
    summary: 'Cancel a workflow',
    description: 'It ends in order, within seconds where a worker has it in hand.',
    access: signedIn('job.manage'),
    params: JobParams,
    success: { status: 202, description: 'It was asked to end.', data: JobDetailSchema },
    errors: { ...JOB_ERRORS, 'job.not_running': 'It has ended already.' },
    handler: controller.cancel,
  }),
  defineRoute({
    method: 'post',
    path: '/admin/jobs/workflows/:id/retry',
    summary: 'Start a failed workflow once more',
    description:
      'With the same input, where that is safe; one that a schedule had started is started by its schedule.',
    access: signedIn('job.manage'),
    params: JobParams,
    success: { status: 202, description: 'It has begun anew.', data: JobDetailSchema },
    errors: {
      ...JOB_ERRORS,
      'job.not_failed': 'It runs, or has ended well.',
      'job.not_restartable': 'A failed one of this kind stays failed.',
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
    description: 'Beside its own times. While a run of it is going on, this one is left out.',
    access: platformAdmin('schedule.manage'),
    params: ScheduleParams,
    success: { status: 202, description: 'A run was asked for.', data: ScheduleSchema },
    errors: SCHEDULE_ERRORS,
    handler: controller.trigger,
  }),
  defineRoute({
    method: 'post',
    path: '/admin/jobs/schedules/:id/pause',
    summary: 'Pause a schedule',
    description: 'It stays paused when workers start anew.',
    access: platformAdmin('schedule.manage'),
    params: ScheduleParams,
    success: { status: 200, description: 'The schedule.', data: ScheduleSchema },
    errors: SCHEDULE_ERRORS,
    handler: controller.pause,
  }),
  defineRoute({
    method: 'post',
    path: '/admin/jobs/schedules/:id/unpause',
    summary: 'Let a paused schedule go on',
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
