import type { z } from 'zod';
import type { Principal } from '../../authz/ability';
import { API_BASE } from '../../http/base';
import { type Call, pageOf, type Reply, reply } from '../../http/route';
import type { idParams } from '../../http/schemas';
import type { Clock } from '../../shared/clock';
import type { AssignmentLifeService } from './assignments.life.service';
import { presentAssignment, presentOverride } from './assignments.presenter';
import type {
  AssignmentsQuery,
  CreateAssignmentBody,
  OverrideBody,
  overrideParams,
  UpdateAssignmentBody,
} from './assignments.schemas';
import type { AssignmentsService } from './assignments.service';
import type { Assignment } from './assignments.types';

type Id = z.output<typeof idParams>;
type Student = z.output<typeof overrideParams>;

export class AssignmentsController {
  constructor(
    private readonly assignments: AssignmentsService,
    private readonly life: AssignmentLifeService,
    /** The IANA time zone of a group. */
    private readonly timezoneOf: (groupId: string) => Promise<string>,
    private readonly clock: Clock,
  ) {}

  listOfClass = async ({
    principal,
    params,
    query,
  }: Call<Id, z.output<typeof AssignmentsQuery>>): Promise<Reply> => {
    const sort = { name: query.sort.replace(/^-/, ''), descending: query.sort.startsWith('-') };
    const page = await this.assignments.listOfClass(principal, params.id, query, sort, pageOf(query));
    const [first] = page.items;
    const timeZone = first === undefined ? '' : await this.timezoneOf(first.groupId);
    const now = this.clock.now();
    return reply.page({
      items: page.items.map((found) => presentAssignment(principal, found, timeZone, now)),
      pagination: page.pagination,
    });
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
    return reply.ok((await this.assignments.listOverrides(principal, params.id)).map(presentOverride));
  };

  putOverride = async ({
    principal,
    params,
    body,
  }: Call<Student, unknown, z.output<typeof OverrideBody>>): Promise<Reply> => {
    return reply.ok(
      presentOverride(await this.assignments.putOverride(principal, params.id, params.userId, body)),
    );
  };

  removeOverride = async ({ principal, params }: Call<Student>): Promise<Reply> => {
    await this.assignments.removeOverride(principal, params.id, params.userId);
    return reply.noContent();
  };

  private async one(principal: Principal, found: Assignment): Promise<Reply> {
    return reply.ok(
      presentAssignment(principal, found, await this.timezoneOf(found.groupId), this.clock.now()),
      found.revision,
    );
  }
}
