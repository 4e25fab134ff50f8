import type { z } from 'zod';
import type { Principal } from '../../authz/ability';
import { API_BASE } from '../../http/base';
import { type Call, listQueryOf, type Reply, reply } from '../../http/route';
import type { IdParams } from '../../http/schemas';
import type { Clock } from '../../shared/clock';
import type { OverridesService } from './assignments.overrides.service';
import { presentAssignment, presentListed, presentOverride } from './assignments.presenter';
import type {
  AssignmentsQuery,
  CreateAssignmentBody,
  MyAssignmentsQuery,
  OverrideBody,
  OverrideParams,
  UpdateAssignmentBody,
} from './assignments.schemas';
import type { AssignmentsService } from './assignments.service';
import type { Assignment } from './assignments.types';
import type { AssignmentListsService } from './lists/assignments.lists.service';
import type { AssignmentLifeService } from './openings/assignments.life.service';

type Id = z.output<typeof IdParams>;
type Student = z.output<typeof OverrideParams>;

export interface AssignmentsControllerDeps {
  assignments: AssignmentsService;
  lists: AssignmentListsService;
  overrides: OverridesService;
  life: AssignmentLifeService;
  /** The IANA time zone of a group. */
  timezoneOf: (groupId: string) => Promise<string>;
  clock: Clock;
}

export class AssignmentsController {
  private readonly assignments: AssignmentsService;
  private readonly overrides: OverridesService;
  private readonly life: AssignmentLifeService;

  constructor(private readonly deps: AssignmentsControllerDeps) {
    this.assignments = deps.assignments;
    this.overrides = deps.overrides;
    this.life = deps.life;
  }

  listOfClass = async ({
    principal,
    params,
    query,
  }: Call<Id, z.output<typeof AssignmentsQuery>>): Promise<Reply> => {
    const page = await this.assignments.listOfClass(principal, params.id, listQueryOf(query));
    const [first] = page.items;
    const timeZone = first === undefined ? '' : await this.deps.timezoneOf(first.groupId);
    const now = this.deps.clock.now();
    return reply.page({
      items: page.items.map((found) => presentAssignment(principal, found, timeZone, now)),
      pagination: page.pagination,
    });
  };

  listMine = async ({
    principal,
    query,
  }: Call<unknown, z.output<typeof MyAssignmentsQuery>>): Promise<Reply> => {
    const { page, totals } = await this.deps.lists.listMine(principal, listQueryOf(query));
    const now = this.deps.clock.now();
    const items = page.items.map(async (found) =>
      presentListed(principal, found, await this.deps.timezoneOf(found.groupId), now),
    );
    return reply.page({ items: await Promise.all(items), pagination: page.pagination }, totals);
  };

  get = async ({ principal, params }: Call<Id>): Promise<Reply> => {
    return this.one(principal, await this.assignments.getAssignment(principal, params.id));
  };

  create = async ({
    principal,
    body,
  }: Call<unknown, unknown, z.output<typeof CreateAssignmentBody>>): Promise<Reply> => {
    const made = await this.assignments.createAssignment(principal, body);
    return {
      ...(await this.one(principal, made)),
      status: 201,
      location: `${API_BASE}/assignments/${made.id}`,
    };
  };

  update = async ({
    principal,
    params,
    body,
    ifMatch,
  }: Call<Id, unknown, z.output<typeof UpdateAssignmentBody>>): Promise<Reply> => {
    return this.one(principal, await this.assignments.updateAssignment(principal, params.id, body, ifMatch));
  };

  publish = async ({ principal, params, ifMatch }: Call<Id>): Promise<Reply> => {
    return this.one(principal, await this.assignments.publishAssignment(principal, params.id, ifMatch));
  };

  close = async ({ principal, params, ifMatch }: Call<Id>): Promise<Reply> => {
    return this.one(principal, await this.assignments.closeAssignment(principal, params.id, ifMatch));
  };

  delete = async ({ principal, params, ifMatch }: Call<Id>): Promise<Reply> => {
    await this.life.deleteAssignment(principal, params.id, ifMatch);
    return reply.noContent();
  };

  archive = async ({ principal, params, ifMatch }: Call<Id>): Promise<Reply> => {
    return this.one(principal, await this.life.archiveAssignment(principal, params.id, ifMatch));
  };

  restore = async ({ principal, params }: Call<Id>): Promise<Reply> => {
    return this.one(principal, await this.life.restoreAssignment(principal, params.id));
  };

  listOverrides = async ({ principal, params }: Call<Id>): Promise<Reply> => {
    return reply.ok((await this.overrides.listOverrides(principal, params.id)).map(presentOverride));
  };

  putOverride = async ({
    principal,
    params,
    body,
  }: Call<Student, unknown, z.output<typeof OverrideBody>>): Promise<Reply> => {
    return reply.ok(
      presentOverride(await this.overrides.putOverride(principal, params.id, params.userId, body)),
    );
  };

  removeOverride = async ({ principal, params }: Call<Student>): Promise<Reply> => {
    await this.overrides.removeOverride(principal, params.id, params.userId);
    return reply.noContent();
  };

  private async one(principal: Principal, found: Assignment): Promise<Reply> {
    return reply.ok(
      presentAssignment(principal, found, await this.deps.timezoneOf(found.groupId), this.deps.clock.now()),
      found.revision,
    );
  }
}
