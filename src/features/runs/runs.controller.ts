import type { z } from 'zod';
import { type Call, listQueryOf, type Reply, reply } from '../../http/route';
import { mapPage } from '../../shared/pages';
import { presentResult, presentRun, presentRunDetail, runLocation } from './runs.presenter';
import type { CreateRunBody, ListRunsQuery } from './runs.schemas';
import type { RunsService } from './runs.service';

type Id = { id: string };

export class RunsController {
  constructor(private readonly runs: RunsService) {}

  create = async ({
    principal,
    body,
  }: Call<unknown, unknown, z.output<typeof CreateRunBody>>): Promise<Reply> => {
    const run = await this.runs.createRun(principal, body);
    return reply.accepted(runLocation(run.id), presentRun(principal, run));
  };

  list = async ({ principal, query }: Call<unknown, z.output<typeof ListRunsQuery>>): Promise<Reply> => {
    const page = await this.runs.listRuns(principal, listQueryOf(query));
    return reply.page(mapPage(page, (run) => presentRun(principal, run)));
  };

  get = async ({ principal, params }: Call<Id>): Promise<Reply> => {
    const run = await this.runs.getRun(principal, params.id);
    return reply.ok(presentRunDetail(principal, run), run.revision);
  };

  result = async ({ principal, params }: Call<Id>): Promise<Reply> => {
    const run = await this.runs.getResult(principal, params.id);
    return reply.ok(presentResult(run), run.revision);
  };

  cancel = async ({ principal, params }: Call<Id>): Promise<Reply> => {
    const run = await this.runs.cancelRun(principal, params.id);
    return reply.ok(presentRun(principal, run), run.revision);
  };
}
