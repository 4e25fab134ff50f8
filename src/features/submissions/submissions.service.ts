import { authorize, authorizeVisible, can, type Principal, subject } from '../../authz/ability';
import { readingRoleIn } from '../../authz/access';
import type { Action } from '../../authz/actions';
import type { Database } from '../../platform/db/database';
import type { Clock } from '../../shared/clock';
import { PreconditionFailedError } from '../../shared/errors';
import { pickFields } from '../../shared/fields';
import type { ListQuery, Page } from '../../shared/pages';
import type { IfMatch } from '../../shared/revisions';
import { type AssignmentsService, assignmentSubject } from '../assignments';
import { type AuditService, auditSubject } from '../audit';
import { type ClassesService, classSubject } from '../classes';
import type { Notify } from '../notifications';
import type { WorkConflicts } from './submissions.conflicts';
import { SubmissionNotFoundError, WorkConflictError } from './submissions.errors';
import type { OpenSubmission, SubmissionsReader } from './submissions.reader';
import type { SubmissionFilters, SubmissionsRepository } from './submissions.repository';
import type { Submission, SubmissionSummary } from './submissions.types';
import { lateBySeconds, reasonNotToGoOn, reasonNotToSubmit } from './submissions.work';

/** The object that the rules for submissions check. */
export const submissionSubject = ({
  id,
  userId,
  classId,
  groupPath,
  state,
}: Pick<SubmissionSummary, 'id' | 'userId' | 'classId' | 'groupPath' | 'state'>) =>
  subject('Submission', { id, userId, classId, groupPath, state });

export interface SubmissionsDeps {
  db: Database;
  clock: Clock;
  submissions: SubmissionsRepository;
  conflicts: WorkConflicts;
  assignments: AssignmentsService;
  classes: ClassesService;
  audit: AuditService;
  notify: Notify;
}

/** Manages students' attempts: writing, reading, submitting. */
export class SubmissionsService implements SubmissionsReader {
  constructor(private readonly deps: SubmissionsDeps) {}

  /**
   * Lists the attempts at an assignment that the caller may read: a teacher reads all, a student their own.
   */
  async listOfAssignment(
    principal: Principal,
    assignmentId: string,
    query: ListQuery<SubmissionFilters>,
  ): Promise<Page<SubmissionSummary>> {
    const found = await this.deps.submissions.list(principal, {
      ...query,
      filters: { ...query.filters, assignmentId },
    });
    // An empty page may mean that the caller may not see the assignment.
    if (found.items.length === 0) {
      authorize(
        principal,
        'submission.list',
        assignmentSubject(await this.deps.assignments.getAssignment(principal, assignmentId)),
      );
    }
    return found;
  }

  /** Lists the attempts in a class that the caller may read. */
  async listOfClass(
    principal: Principal,
    classId: string,
    query: ListQuery<SubmissionFilters>,
  ): Promise<Page<SubmissionSummary>> {
    const found = await this.deps.submissions.list(principal, {
      ...query,
      filters: { ...query.filters, classId },
    });
    if (found.items.length === 0)
      authorize(
        principal,
        'submission.list',
        classSubject(await this.deps.classes.getClass(principal, classId)),
      );
    return found;
  }

  /**
   * Returns one attempt in full. If another person reads it, that leaves an audit event. @throws
   * SubmissionNotFoundError
   */
  async readSubmission(principal: Principal, id: string): Promise<Submission> {
    const found = await this.getSubmission(principal, id);
    if (found.userId !== principal.userId)
      await this.deps.audit.record(auditSubject('submission', found, found.userId), 'submission.read');
    return found;
  }

  /** @throws WorkConflictError if it is submitted or the assignment is closed; PreconditionFailedError */
  async saveAnswer(
    principal: Principal,
    id: string,
    answer: string | null,
    ifMatch: IfMatch,
  ): Promise<Submission> {
    const found = await this.getSubmission(principal, id, 'submission.update');
    await this.assertCanWork(found);
    await this.deps.db.transaction(async () => {
      if (!(await this.deps.submissions.updateAnswer(id, answer, ifMatch)))
        throw await this.explain(principal, found, ifMatch);
      await this.deps.audit.record(auditSubject('submission', found, found.userId), 'submission.answered');
    });
    return this.getSubmission(principal, id);
  }

  /** Submits the attempt, and decides once and for all whether it is late. @throws WorkConflictError */
  async submit(principal: Principal, id: string): Promise<Submission> {
    const found = await this.getSubmission(principal, id, 'submission.submit');
    const now = this.deps.clock.now();
    const reason = reasonNotToSubmit(found, now);
    if (reason !== null) throw await this.deps.conflicts.explain(reason, found);
    const dueAt = found.terms?.dueAt ?? null;
    const late = lateBySeconds(dueAt, now);
    await this.deps.db.transaction(async () => {
      const state = await this.deps.submissions.holdAssignment(found.assignmentId);
      if (state === null) throw new SubmissionNotFoundError(id);
      if (state === 'archived') throw new WorkConflictError('assignment.archived');
      if (state !== 'published') throw await this.deps.conflicts.explain('assignment.closed', found);
      if (!(await this.deps.submissions.submit(id, now, dueAt, late)))
        throw new WorkConflictError('submission.not_in_progress');
      await this.deps.audit.record(auditSubject('submission', found, found.userId), 'submission.submitted', {
        attempt: found.attempt,
        lateBySeconds: late,
      });
      await this.deps.notify.emit({ event: 'submission.submitted', ...placeOf(found) });
    });
    return this.getSubmission(principal, id);
  }

  async getForWork(principal: Principal, submissionId: string): Promise<OpenSubmission> {
    const found = await this.getSubmission(principal, submissionId, 'submission.update');
    await this.assertCanWork(found);
    return {
      submissionId,
      ...pickFields(
        found,
        'assignmentId',
        'userId',
        'tenantId',
        'classId',
        'groupId',
        'groupPath',
        'toolId',
        'toolVersion',
        'toolType',
        'attempt',
      ),
    };
  }

  /**
   * @throws SubmissionNotFoundError if the caller may not see it, ForbiddenError if they may not do this to
   * it
   */
  async getSubmission(
    principal: Principal,
    id: string,
    action: Action = 'submission.read',
  ): Promise<Submission> {
    const notFound = () => new SubmissionNotFoundError(id);
    const found = await this.deps.submissions.findById(principal.access, id);
    if (found === null) throw notFound();
    authorizeVisible(
      principal,
      'submission.read',
      action,
      submissionSubject(found),
      notFound,
      found.isArchived,
    );
    return found;
  }

  private async assertCanWork(found: Submission): Promise<void> {
    const reason = reasonNotToGoOn(found, this.deps.clock.now());
    if (reason !== null) throw await this.deps.conflicts.explain(reason, found);
  }

  /** Why a change touched no row: the attempt's state, or a client that has not seen the newest revision. */
  private async explain(principal: Principal, before: Submission, ifMatch: IfMatch): Promise<Error> {
    const now = await this.deps.submissions.findById(principal.access, before.id);
    return now?.state !== 'in_progress' || ifMatch === null
      ? new WorkConflictError('submission.not_in_progress')
      : new PreconditionFailedError();
  }
}

const placeOf = ({ id, tenantId, classId, assignmentId }: Submission) => ({
  tenantId,
  classId,
  assignmentId,
  subjectId: id,
});

/** Whether the caller sees scores and feedback before they are returned. */
export const seesDrafts = (principal: Principal, of: SubmissionSummary): boolean =>
  can(principal, 'submission.grade', submissionSubject(of)) ||
  (of.isArchived && readingRoleIn(principal.access, of.classId) === 'teacher');
