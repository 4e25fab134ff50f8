import { assertChangeable, authorize, type Principal, subject } from '../../../authz/ability';
import type { Action } from '../../../authz/actions';
import type { Database } from '../../../platform/db/database';
import type { Clock } from '../../../shared/clock';
import { assertRevision, type IfMatch } from '../../../shared/revisions';
import type { AssignmentsService, OverridesService } from '../../assignments';
import { type AuditService, auditSubject } from '../../audit';
import type { Notify } from '../../notifications';
import { OwnWorkError, ScoreTooHighError, WorkConflictError } from '../submissions.errors';
import { type SubmissionsService, submissionSubject } from '../submissions.service';
import type { GradeInput, ReturnInput, Submission } from '../submissions.types';
import type { GradingRepository, LockedWork, ReturnedWork } from './submissions.grading.repository';

/** How many attempts one statement returns: few enough that each statement takes milliseconds. */
const RETURN_BATCH = 200;

export interface GradingDeps {
  db: Database;
  clock: Clock;
  grading: GradingRepository;
  submissions: SubmissionsService;
  assignments: AssignmentsService;
  overrides: OverridesService;
  audit: AuditService;
  notify: Notify;
}

/**
 * Grades and returns work. Everything here is safe to repeat: what is already done is not done, recorded or
 * announced again.
 */
export class GradingService {
  constructor(private readonly deps: GradingDeps) {}

  /**
   * Stores a draft that the student does not see, or returns it immediately. @throws ScoreTooHighError,
   * WorkConflictError, OwnWorkError
   */
  async grade(principal: Principal, id: string, input: GradeInput, ifMatch: IfMatch): Promise<Submission> {
    const found = await this.getForGrading(principal, id, 'submission.grade');
    await this.deps.db.transaction(async () => {
      const locked = await this.lock(id, ifMatch);
      const { score = locked.draftScore, feedback = locked.draftFeedback } = input;
      if (score !== null && score > locked.points) throw new ScoreTooHighError(locked.points);
      const isSame = locked.isGraded && score === locked.draftScore && feedback === locked.draftFeedback;
      if (!isSame) {
        await this.deps.grading.saveDraft(id, {
          score,
          feedback,
          by: principal.userId,
          at: this.deps.clock.now(),
        });
        await this.deps.audit.record(auditSubject('submission', found, found.userId), 'submission.graded');
      }
      if (input.return === true && !(isSame && locked.isReleased))
        await this.release(principal, found, false);
    });
    return this.deps.submissions.getSubmission(principal, id);
  }

  /**
   * Returns the draft to the student; after another grade, the new one. @throws WorkConflictError,
   * OwnWorkError
   */
  async returnSubmission(
    principal: Principal,
    id: string,
    { allowAnotherAttempt = false, dueAt }: ReturnInput,
    ifMatch: IfMatch,
  ): Promise<Submission> {
    const found = await this.getForGrading(principal, id, 'submission.return');
    const { assignmentId, classId, tenantId, userId } = found;
    await this.deps.db.transaction(async () => {
      // First, because a grant locks the assignment, which grading only shares.
      const isGranted =
        allowAnotherAttempt &&
        (await this.deps.overrides.grantAttempt({
          ...{ id: assignmentId, classId, tenantId, userId, dueAt: dueAt ?? null },
        }));
      const locked = await this.lock(id, ifMatch);
      if (!locked.isReleased) await this.release(principal, found, allowAnotherAttempt);
      else if (isGranted)
        await this.deps.audit.record(
          auditSubject('submission', found, found.userId),
          'submission.attempt_granted',
        );
    });
    return this.deps.submissions.getSubmission(principal, id);
  }

  /** Returns all graded work that its students do not see yet. @returns how many attempts */
  async returnGraded(principal: Principal, assignmentId: string): Promise<number> {
    const assignment = await this.deps.assignments.getAssignment(principal, assignmentId);
    const { classId, groupPath, tenantId, state } = assignment;
    const anyWork = { id: '', userId: '', classId, groupPath, state: 'submitted' };
    authorize(principal, 'submission.return', subject('Submission', anyWork));
    if (state === 'archived') throw new WorkConflictError('assignment.archived');
    return this.deps.db.transaction(async () => {
      const returned: ReturnedWork[] = [];
      for (let size = RETURN_BATCH; size === RETURN_BATCH; ) {
        const now = this.deps.clock.now();
        const batch = await this.deps.grading.releaseGraded(
          assignmentId,
          principal.userId,
          now,
          RETURN_BATCH,
        );
        for (const { id, userId } of batch)
          await this.deps.audit.record(
            { type: 'submission', id, tenantId, aboutUserId: userId },
            'submission.returned',
            { inBulk: true },
          );
        returned.push(...batch);
        size = batch.length;
      }
      await this.announceOnce({ tenantId, classId, assignmentId }, returned);
      return returned.length;
    });
  }

  /** Of several attempts of one student, the newest is announced: ids grow with time. */
  private async announceOnce(
    place: { tenantId: string; classId: string; assignmentId: string },
    returned: readonly ReturnedWork[],
  ): Promise<void> {
    const newest = new Map<string, ReturnedWork>();
    for (const work of returned) {
      const known = newest.get(work.userId);
      if (known === undefined || known.id < work.id) newest.set(work.userId, work);
    }
    for (const { id, userId, revision } of newest.values()) {
      await this.deps.notify.emit({
        event: 'submission.returned',
        ...place,
        subjectId: id,
        userIds: [userId],
        occurrence: String(revision),
      });
    }
  }

  private async release(
    principal: Principal,
    found: Submission,
    allowAnotherAttempt: boolean,
  ): Promise<void> {
    const revision = await this.deps.grading.release(found.id, principal.userId, this.deps.clock.now());
    await this.deps.audit.record(auditSubject('submission', found, found.userId), 'submission.returned', {
      allowAnotherAttempt,
    });
    const { tenantId, classId, assignmentId } = found;
    await this.announceOnce({ tenantId, classId, assignmentId }, [
      { id: found.id, userId: found.userId, revision },
    ]);
  }

  /**
   * Returns the attempt if the caller may do this to it. Nobody grades or returns their own work, whatever
   * roles they have.
   */
  private async getForGrading(principal: Principal, id: string, action: Action): Promise<Submission> {
    const found = await this.deps.submissions.getSubmission(principal, id);
    if (found.userId === principal.userId) throw new OwnWorkError();
    assertChangeable(action, found.isArchived);
    authorize(principal, action, submissionSubject(found));
    return found;
  }

  private async lock(id: string, ifMatch: IfMatch): Promise<LockedWork> {
    const locked = await this.deps.grading.lock(id);
    if (locked === null || locked.state === 'in_progress')
      throw new WorkConflictError('submission.not_submitted');
    if (locked.isArchived) throw new WorkConflictError('assignment.archived');
    assertRevision(ifMatch, locked.revision);
    return locked;
  }
}
