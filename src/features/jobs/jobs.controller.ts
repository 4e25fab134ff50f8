import type { z } from 'zod';
import { type Call, type Reply, reply } from '../../http/route';
import { mapPage } from '../../shared/pages';
import { type JobsPresenter, jobLocation, scheduleLocation } from './jobs.presenter';
import type { JobSchedulesService } from './jobs.schedules.service';
import type { ListJobsQuery } from './jobs.schemas';
import type { JobsService } from './jobs.service';
import type { Schedule } from './jobs.types';

type Id = { id: string };

export class JobsController {
  constructor(
    private readonly jobs: JobsService,
    private readonly schedules: JobSchedulesService,
    private readonly present: JobsPresenter,
  ) {}

  overview = async ({ principal }: Call): Promise<Reply> =>
    reply.ok(this.present.overview(principal, await this.jobs.countJobs(principal)));

  list = async ({ principal, query }: Call<unknown, z.output<typeof ListJobsQuery>>): Promise<Reply> => {
    const { cursor = '', limit, ...filter } = query;
    const page = await this.jobs.listJobs(principal, filter, cursor === '' ? null : cursor, limit);
    return reply.page(mapPage(page, (job) => this.present.job(principal, job)));
  };

  get = async ({ principal, params }: Call<Id>): Promise<Reply> =>
    reply.ok(this.present.story(principal, await this.jobs.getJob(principal, params.id)));

  cancel = async ({ principal, params }: Call<Id>): Promise<Reply> => {
    const job = await this.jobs.cancelJob(principal, params.id);
    return reply.accepted(jobLocation(job.workflowId), this.present.story(principal, job));
  };

  retry = async ({ principal, params }: Call<Id>): Promise<Reply> => {
    const job = await this.jobs.retryJob(principal, params.id);
    return reply.accepted(jobLocation(job.workflowId), this.present.story(principal, job));
  };

  listSchedules = async ({ principal, query }: Call<unknown, { limit: number }>): Promise<Reply> => {
    const schedules = await this.schedules.listSchedules();
    const items = schedules.map((schedule) => this.present.schedule(principal, schedule));
    return reply.page({ items, pagination: { limit: query.limit, nextCursor: null } });
  };

  getSchedule = async ({ principal, params }: Call<Id>): Promise<Reply> =>
    reply.ok(this.present.schedule(principal, await this.schedules.getSchedule(params.id)));

  trigger = async ({ principal, params }: Call<Id>): Promise<Reply> => {
    const schedule = await this.schedules.triggerSchedule(params.id);
    return reply.accepted(scheduleLocation(schedule.id), this.present.schedule(principal, schedule));
  };

  pause = (call: Call<Id>): Promise<Reply> =>
    this.changed(call, this.schedules.pauseSchedule(call.params.id));

  unpause = (call: Call<Id>): Promise<Reply> =>
    this.changed(call, this.schedules.unpauseSchedule(call.params.id));

  private async changed({ principal }: Call<Id>, changing: Promise<Schedule>): Promise<Reply> {
    return reply.ok(this.present.schedule(principal, await changing));
  }
}
