import { assertChangeable, authorizeVisible, isArchivedClassOf, type Principal } from '../../authz/ability';
import type { Clock } from '../../shared/clock';
import { newId } from '../../shared/ids';
import { AssignmentNotFoundError, assignmentSubject, reasonNotToStart } from '../assignments';
import type { AuditService } from '../audit';
import type { WorkConflicts } from './submissions.conflicts';
import { NotAStudentOfClassError, WorkConflictError } from './submissions.errors';
import type { SubmissionsRepository } from './submissions.repository';
import type { StartOutcome, StartRepository } from './submissions.start.repository';
import type { Submission } from './submissions.types';

/**
 * As many as can meet at one student's assignment: in the next round, the other request's attempt is in
 * progress or has just ended.
 */
const MAX_ROUNDS = 200;

export interface StartDeps {
  repository: StartRepository;
  submissions: SubmissionsRepository;
  conflicts: WorkConflicts;
  audit: AuditService;
  clock: Clock;
}

export interface StartedSubmission {
  submission: Submission;
  /** False if it was already in progress. */
  isNew: boolean;
}

/** Begins attempts, numbered without gaps and one at a time, however many requests come at once. */
export class StartService {
  constructor(private readonly deps: StartDeps) {}

  /**
   * Returns the attempt that is in progress, or a new one. @throws AssignmentNotFoundError,
   * NotAStudentOfClassError, WorkConflictError
   */
  async startSubmission(principal: Principal, assignmentId: string): Promise<StartedSubmission> {
    const { audit, clock, repository, submissions } = this.deps;
    const { access, tenantId } = principal;
    const id = newId();
    const now = clock.now();
    for (let round = 1; round <= MAX_ROUNDS; round += 1) {
      const event = audit.rowOf({ type: 'submission', id, tenantId }, 'submission.started', { assignmentId });
      const outcome = await repository.startAttempt({ id, assignmentId, access, now, event });
      if (outcome === null) throw new AssignmentNotFoundError(assignmentId);
      if (outcome.attempt !== null)
        return {
          submission: startedSubmission(principal, assignmentId, id, now, outcome, outcome.attempt),
          isNew: true,
        };
      await this.explain(principal, assignmentId, outcome, now);
      const open = outcome.openAttempt;
      const submission = open === null ? null : await submissions.findById(principal.access, open);
      if (submission?.state === 'in_progress') return { submission, isNew: false };
    }
    throw new WorkConflictError('submission.no_attempts_left');
  }

  /**
   * Throws the reason why no attempt was created; returns if one is in progress, or another request was
   * faster.
   */
  private async explain(
    principal: Principal,
    assignmentId: string,
    outcome: StartOutcome,
    now: Date,
  ): Promise<void> {
    const { classId, groupId, groupPath, state } = outcome;
    const notFound = () => new AssignmentNotFoundError(assignmentId);
    authorizeVisible(
      principal,
      'assignment.read',
      'assignment.read',
      assignmentSubject({ id: assignmentId, classId, groupPath, state }),
      notFound,
    );
    assertChangeable('submission.create', isArchivedClassOf(principal, classId));
    if (principal.access.classRoles.get(classId) !== 'student') throw new NotAStudentOfClassError();
    const reason = reasonNotToStart(outcome, now);
    if (reason !== null)
      throw await this.deps.conflicts.explain(reason, { assignmentId, groupId, userId: principal.userId });
  }
}

/** The fields of an attempt that has just begun. */
const UNTOUCHED = {
  isArchived: false,
  submittedAt: null,
  dueAtInForce: null,
  late: false,
  lateBySeconds: 0,
  autoSubmitted: false,
  answer: null,
  draftScore: null,
  draftFeedback: null,
  releasedScore: null,
  releasedFeedback: null,
  gradedAt: null,
  returnedAt: null,
  counts: false,
  sessionId: null,
  runId: null,
} as const;

/** The row as the database has just created it: its defaults are known, so it need not be read again. */
function startedSubmission(
  principal: Principal,
  assignmentId: string,
  id: string,
  now: Date,
  outcome: StartOutcome,
  attempt: number,
): Submission {
  const { classId, className, groupPath, groupId, tenantId, assignmentTitle, points, userName } = outcome;
  const { toolId, toolType, toolVersion } = outcome;
  const { state, opensAt, dueAt, closesAt, latePolicy } = outcome;
  return {
    ...{ classId, className, groupPath, groupId, tenantId, assignmentTitle, points, userName },
    ...{ toolId, toolType, toolVersion },
    ...UNTOUCHED,
    id,
    assignmentId,
    userId: principal.userId,
    attempt,
    state: 'in_progress',
    startedAt: now,
    revision: 1,
    createdAt: now,
    updatedAt: now,
    terms: { state, opensAt, dueAt, closesAt, latePolicy },
    hasContent: false,
  };
}
