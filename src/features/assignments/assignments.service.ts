import { authorizeVisible, can, type Principal, subject } from '../../authz/ability';
import type { Action } from '../../authz/actions';
import type { Database } from '../../platform/db/database';
import { violatedConstraint } from '../../platform/db/errors';
import type { Clock } from '../../shared/clock';
import { PreconditionFailedError } from '../../shared/errors';
import { newId } from '../../shared/ids';
import type { ListQuery, Page } from '../../shared/pages';
import { assertRevision, type IfMatch } from '../../shared/revisions';
import { type AuditService, auditSubject } from '../audit';
import type { ClassesService } from '../classes';
import type { ToolsReader } from '../tools';
import {
  ArchivedError,
  AssignmentNotFoundError,
  DatesOrderError,
  HasSubmissionsError,
  NotPublishedError,
  OverridesOrderError,
  ToolNotPublishedError,
} from './assignments.errors';
import type { LatenessRepository } from './assignments.lateness.repository';
import type { OverridesRepository } from './assignments.overrides.repository';
import type { AssignmentFilters, AssignmentsRepository, AssignmentValues } from './assignments.repository';
import type { ScoresService } from './assignments.scores.service';
import type { Dates } from './assignments.terms';
import { areInOrder } from './assignments.terms';
import type { Assignment, CreateAssignmentInput, UpdateAssignmentInput } from './assignments.types';
import type { OpeningsService } from './openings/assignments.openings.service';

/** The object that the rules for assignments check. */
export const assignmentSubject = ({
  id,
  classId,
  groupPath,
  state,
}: Pick<Assignment, 'id' | 'classId' | 'groupPath' | 'state'>) =>
  subject('Assignment', { id, classId, groupPath, state });

export interface AssignmentsDeps {
  db: Database;
  clock: Clock;
  assignments: AssignmentsRepository;
  overrides: OverridesRepository;
  classes: ClassesService;
  tools: ToolsReader;
  scores: ScoresService;
  lateness: LatenessRepository;
  openings: OpeningsService;
  audit: AuditService;
}

/** Manages assignments: a tool given to a class, with dates, attempts and points. */
export class AssignmentsService {
  constructor(private readonly deps: AssignmentsDeps) {}

  /** @throws AssignmentNotFoundError if the caller may not see it, ForbiddenError if they may not do this */
  async getAssignment(
    principal: Principal,
    id: string,
    action: Action = 'assignment.read',
  ): Promise<Assignment> {
    const notFound = () => new AssignmentNotFoundError(id);
    const found = await this.deps.assignments.findById(principal.access, id);
    if (found === null) throw notFound();
    authorizeVisible(
      principal,
      'assignment.read',
      action,
      assignmentSubject(found),
      notFound,
      found.isArchived,
    );
    return found;
  }

  /** The same, for an assignment that can still be changed. @throws ArchivedError */
  async getForChange(principal: Principal, id: string, action: Action): Promise<Assignment> {
    const found = await this.getAssignment(principal, id, action);
    if (found.state === 'archived') throw new ArchivedError();
    return found;
  }

  /**
   * Lists the assignments of a class that the caller may see. For people of the class the class is not
   * read: their role proves that it exists.
   */
  async listOfClass(
    principal: Principal,
    classId: string,
    query: ListQuery<AssignmentFilters>,
  ): Promise<Page<Assignment>> {
    const { classRoles, adminPaths } = principal.access;
    const isRoleEnough = classRoles.has(classId) && adminPaths.length === 0;
    const groupPath = isRoleEnough ? '' : (await this.deps.classes.getClass(principal, classId)).groupPath;
    const seesDrafts = can(
      principal,
      'assignment.read',
      assignmentSubject({ id: '', classId, groupPath, state: 'draft' }),
    );
    return this.deps.assignments.listOfClass(principal.access, classId, seesDrafts, query);
  }

  /**
   * Creates a draft. @throws ClassNotFoundError, ToolNotFoundError, ToolVersionNotFoundError,
   * DatesOrderError
   */
  async createAssignment(principal: Principal, input: CreateAssignmentInput): Promise<Assignment> {
    const id = newId();
    await this.deps.db.transaction(async () => {
      const { classId } = input;
      const place = await this.deps.classes.getClass(principal, classId);
      const object = assignmentSubject({ id, classId, groupPath: place.groupPath, state: 'published' });
      authorizeVisible(
        principal,
        'assignment.read',
        'assignment.create',
        object,
        () => new AssignmentNotFoundError(id),
        place.archivedAt !== null,
      );
      const toolVersion = await this.versionOf(principal, input.toolId, input.toolVersion);
      await this.inOrder(() =>
        this.deps.assignments.insert({
          ...valuesOf(input),
          id,
          tenantId: place.tenantId,
          classId,
          createdBy: principal.userId,
          toolId: input.toolId,
          toolVersion,
          title: input.title,
        }),
      );
      await this.deps.audit.record(
        { type: 'assignment', id, tenantId: place.tenantId },
        'assignment.created',
        {
          classId,
          toolId: input.toolId,
          toolVersion,
        },
      );
    });
    return this.getAssignment(principal, id);
  }

  /**
   * @throws PreconditionFailedError; HasSubmissionsError for another tool after a student has begun;
   * DatesOrderError; OverridesOrderError if the dates of a student's override would no longer fit
   */
  async updateAssignment(
    principal: Principal,
    id: string,
    input: UpdateAssignmentInput,
    ifMatch: IfMatch,
  ): Promise<Assignment> {
    await this.deps.db.transaction(async () => {
      const found = await this.getForChange(principal, id, 'assignment.update');
      const values = valuesOf(input);
      if (input.toolId !== undefined && input.toolId !== found.toolId) {
        if (await this.deps.assignments.lockAndCheckSubmissions(id)) throw new HasSubmissionsError();
        values.toolVersion = await this.versionOf(principal, input.toolId, input.toolVersion);
      } else if (input.toolVersion !== undefined) {
        values.toolVersion = await this.versionOf(principal, found.toolId, input.toolVersion);
      }
      if (input.points !== undefined) await this.deps.scores.fitTo(found, input.points, input.scores);
      await this.holdDates(id, values);
      await this.expectChange(this.inOrder(() => this.deps.assignments.update(id, values, ifMatch)));
      const changed = Object.keys(values).filter(
        (name) => values[name as keyof AssignmentValues] !== undefined,
      );
      await this.deps.audit.record(auditSubject('assignment', found), 'assignment.updated', { changed });
      if (values.dueAt !== undefined) await this.reevaluateLateness(found, null);
      if (values.opensAt !== undefined) await this.deps.openings.emitOpening(found);
    });
    return this.getAssignment(principal, id);
  }

  /** Makes it visible to students, or reopens a closed one. @throws ToolNotPublishedError */
  async publishAssignment(principal: Principal, id: string, ifMatch: IfMatch): Promise<Assignment> {
    await this.deps.db.transaction(async () => {
      const found = await this.getForChange(principal, id, 'assignment.update');
      if (found.state === 'published') return assertRevision(ifMatch, found.revision);
      // A closed assignment was published before, so it can reopen even if its tool has been archived
      // since.
      if (found.state === 'draft') await this.assertToolPublished(principal, found.toolId);
      await this.expectChange(this.deps.assignments.publish(id, this.deps.clock.now(), ifMatch));
      await this.deps.audit.record(auditSubject('assignment', found), 'assignment.published', {
        from: found.state,
      });
      // Students are notified when it opens, and not again when a closed one reopens.
      if (found.state === 'draft') await this.deps.openings.emitOpening(found);
    });
    return this.getAssignment(principal, id);
  }

  /** Stops new attempts and submissions. @throws NotPublishedError for a draft */
  async closeAssignment(principal: Principal, id: string, ifMatch: IfMatch): Promise<Assignment> {
    await this.deps.db.transaction(async () => {
      const found = await this.getForChange(principal, id, 'assignment.update');
      if (found.state === 'draft') throw new NotPublishedError();
      if (found.state === 'closed') return assertRevision(ifMatch, found.revision);
      await this.expectChange(this.deps.assignments.close(id, this.deps.clock.now(), ifMatch));
      await this.deps.audit.record(auditSubject('assignment', found), 'assignment.closed');
    });
    return this.getAssignment(principal, id);
  }

  /** Checks submitted work against a due date that was moved back, with an audit event for each change. */
  async reevaluateLateness(of: { id: string; tenantId: string }, userId: string | null): Promise<void> {
    const { audit, clock, lateness } = this.deps;
    for (const work of await lateness.reevaluate(of.id, userId, clock.now()))
      await audit.record(
        { type: 'submission', id: work.id, tenantId: of.tenantId, aboutUserId: work.userId },
        'submission.lateness_changed',
        { late: work.late, lateBySeconds: work.lateBySeconds },
      );
  }

  /**
   * Refuses dates that would put those of an override out of order. Locks the overrides until the
   * transaction ends.
   */
  private async holdDates(id: string, values: AssignmentValues): Promise<void> {
    const { opensAt, dueAt, closesAt } = values;
    if (opensAt === undefined && dueAt === undefined && closesAt === undefined) return;
    const before = await this.deps.assignments.lockDates(id);
    if (before === null) throw new AssignmentNotFoundError(id);
    const dates: Dates = {
      opensAt: opensAt === undefined ? before.opensAt : opensAt,
      dueAt: dueAt === undefined ? before.dueAt : dueAt,
      closesAt: closesAt === undefined ? before.closesAt : closesAt,
    };
    if (!areInOrder(dates)) throw new DatesOrderError();
    const students = await this.deps.overrides.listOutOfOrder(id, dates);
    if (students.length > 0) throw new OverridesOrderError(students);
  }

  /** The requested version of a tool that the caller can see, or its current one. */
  private async versionOf(principal: Principal, toolId: string, wanted: number | undefined): Promise<number> {
    const tool = await this.deps.tools.getReadable(principal, toolId);
    if (wanted === undefined) return tool.currentVersion;
    return (await this.deps.tools.getVersion(toolId, wanted)).version;
  }

  private async assertToolPublished(principal: Principal, toolId: string): Promise<void> {
    const tool = await this.deps.tools.getReadable(principal, toolId);
    if (tool.state !== 'published') throw new ToolNotPublishedError();
  }

  private async inOrder<T>(write: () => Promise<T>): Promise<T> {
    return write().catch((error: unknown) => {
      throw violatedConstraint(error) === 'assignments_dates_check' ? new DatesOrderError() : error;
    });
  }

  private async expectChange(change: Promise<boolean>): Promise<void> {
    if (!(await change)) throw new PreconditionFailedError();
  }
}

/** The input as columns; absent fields stay absent. */
function valuesOf(input: UpdateAssignmentInput): AssignmentValues {
  const { toolVersion: _given, scores: _choice, ...values } = input;
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
