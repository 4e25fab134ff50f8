import { assertChangeable, authorizeVisible, isArchivedClassOf, type Principal } from '../../authz/ability';
import type { Clock } from '../../shared/clock';
import { newId } from '../../shared/ids';
import { AssignmentNotFoundError, assignmentSubject } from '../assignments';
import type { AuditService } from '../audit';
import { NotAStudentOfClassError, WorkConflictError } from './submissions.errors';
import { FROM_MADE, type StartOutcome, type StartRepository } from './submissions.start.repository';
import type { Submission } from './submissions.types';
import { obstacleToWork } from './submissions.work';

/** As many as can meet at one student's assignment: each round of rivals has one winner. */
const MAX_ROUNDS = 200;

/** Begins attempts, numbered without gaps however many begin at once. */
export class StartService {
  constructor(
    private readonly repository: StartRepository,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** @throws AssignmentNotFoundError, NotAStudentOfClassError, WorkConflictError */
  async startSubmission(actor: Principal, assignmentId: string): Promise<Submission> {
    const id = newId();
    const now = this.clock.now();
    for (let round = 1; ; round += 1) {
      const entry = {
        action: 'submission.started',
        subjectType: 'submission',
        subjectId: id,
        tenantId: actor.tenantId,
        details: { assignmentId },
      };
      const outcome = await this.repository.startAttempt(
        actor.access,
        assignmentId,
        id,
        now,
        this.audit.insertStatement(entry, FROM_MADE),
      );
      if (outcome === null) throw new AssignmentNotFoundError(assignmentId);
      if (outcome.attempt !== null)
        return startedSubmission(actor, assignmentId, id, now, outcome, outcome.attempt);
      this.explain(actor, assignmentId, outcome, now);
      if (round >= MAX_ROUNDS) throw new WorkConflictError('submission.no_attempts_left');
    }
  }

  /** Says why no attempt was made; comes back where only a rival was faster. */
  private explain(actor: Principal, assignmentId: string, outcome: StartOutcome, now: Date): void {
    const { classId, groupPath, assignmentState: state } = outcome;
    const notFound = () => new AssignmentNotFoundError(assignmentId);
    authorizeVisible(
      actor,
      'assignment.read',
      'assignment.read',
      assignmentSubject({ id: assignmentId, classId, groupPath, state }),
      notFound,
    );
    assertChangeable('submission.create', isArchivedClassOf(actor, classId));
    if (actor.access.classRoles.get(classId) !== 'student') throw new NotAStudentOfClassError();
    const obstacle = obstacleToWork({ ...outcome, state }, now);
    if (obstacle !== null) throw new WorkConflictError(obstacle);
    if (outcome.excused) throw new WorkConflictError('submission.excused');
    if (outcome.maxAttempts !== null && outcome.used >= outcome.maxAttempts)
      throw new WorkConflictError('submission.no_attempts_left');
  }
}

/** What nobody has done yet about an attempt that has just begun. */
const UNTOUCHED = {
  isArchived: false,
  submittedAt: null,
  dueAtInForce: null,
  late: false,
  lateBySeconds: 0,
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

/** The row as the database has just made it: its defaults are known, so it need not be read again. */
function startedSubmission(
  actor: Principal,
  assignmentId: string,
  id: string,
  now: Date,
  outcome: StartOutcome,
  attempt: number,
): Submission {
  const {
    opensAt,
    dueAt,
    closesAt,
    maxAttempts: _max,
    excused: _excused,
    used: _used,
    ...assignment
  } = outcome;
  return {
    ...assignment,
    ...UNTOUCHED,
    id,
    assignmentId,
    userId: actor.userId,
    attempt,
    state: 'in_progress',
    startedAt: now,
    revision: 1,
    createdAt: now,
    updatedAt: now,
    dates: { opensAt, dueAt, closesAt },
  };
}
