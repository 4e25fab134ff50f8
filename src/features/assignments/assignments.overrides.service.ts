import type { Principal } from '../../authz/ability';
import type { Database } from '../../platform/db/database';
import type { Clock } from '../../shared/clock';
import { type AuditService, auditSubject } from '../audit';
import {
  ArchivedError,
  AttemptNotGrantedError,
  DatesOrderError,
  DueDatePastError,
  NotAStudentError,
  OverrideNotFoundError,
  OwnOverrideError,
} from './assignments.errors';
import type { LatenessRepository } from './assignments.lateness.repository';
import type { OverridesRepository } from './assignments.overrides.repository';
import type { AssignmentsRepository } from './assignments.repository';
import type { AssignmentsService } from './assignments.service';
import type { Dates, Terms } from './assignments.terms';
import { areInOrder, datesInForce } from './assignments.terms';
import type { Override, OverrideInput, StudentOverride } from './assignments.types';
import type { OpeningsService } from './openings/assignments.openings.service';

export interface OverridesDeps {
  db: Database;
  clock: Clock;
  assignments: AssignmentsRepository;
  service: AssignmentsService;
  overrides: OverridesRepository;
  lateness: LatenessRepository;
  openings: OpeningsService;
  audit: AuditService;
}

/** The parts of an assignment that a change of its overrides needs. */
interface Place {
  id: string;
  classId: string;
  tenantId: string;
}

/** The student who gets another attempt, and its due date. */
export interface AttemptGrant extends Place {
  userId: string;
  dueAt: Date | null;
}

const NOTHING: Override = {
  ...{ opensAt: null, dueAt: null, closesAt: null, maxAttempts: null, latePolicy: null },
  excused: false,
};

/** Manages the overrides of single students. */
export class OverridesService {
  constructor(private readonly deps: OverridesDeps) {}

  /** Lists the overrides of an assignment. @throws AssignmentNotFoundError, ForbiddenError */
  async listOverrides(principal: Principal, id: string): Promise<StudentOverride[]> {
    await this.deps.service.getAssignment(principal, id, 'assignment.override');
    return this.deps.overrides.list(id);
  }

  /**
   * Sets a student's override; fields that are left out follow the assignment. @throws NotAStudentError,
   * DatesOrderError
   */
  async putOverride(
    principal: Principal,
    id: string,
    userId: string,
    input: OverrideInput,
  ): Promise<StudentOverride> {
    return this.deps.db.transaction(async () => {
      const found = await this.deps.service.getForChange(principal, id, 'assignment.override');
      const given = Object.entries(input).filter(([, value]) => value !== undefined);
      const override: Override = { ...NOTHING, ...Object.fromEntries(given) };
      const saved = await this.write(found, await this.lock(found), userId, override);
      if (userId === principal.userId) throw new OwnOverrideError();
      return saved;
    });
  }

  /** @throws OverrideNotFoundError */
  async removeOverride(principal: Principal, id: string, userId: string): Promise<void> {
    await this.deps.db.transaction(async () => {
      const found = await this.deps.service.getForChange(principal, id, 'assignment.override');
      await this.lock(found);
      const now = this.deps.clock.now();
      if (!(await this.deps.overrides.remove(id, userId, now))) throw new OverrideNotFoundError();
      if (userId === principal.userId) throw new OwnOverrideError();
      await this.deps.audit.record(auditSubject('assignment', found, userId), 'assignment.override_removed');
      await this.takeEffect(found, userId);
    });
  }

  /**
   * Lets the student begin one more attempt: with its own due date, or late if late work is refused. It is
   * stored as an override, but only if they could not begin anyway. Runs within the caller's transaction
   * and permission.
   * @returns whether an override was needed
   * @throws AttemptNotGrantedError for a closed assignment, DueDatePastError, DatesOrderError
   */
  async grantAttempt({ userId, dueAt, ...place }: AttemptGrant): Promise<boolean> {
    const { assignments, clock, overrides } = this.deps;
    const dates = await this.lock(place);
    const now = clock.now();
    const terms = await assignments.findTerms(place.id, userId, now);
    if (terms?.state === 'archived') throw new ArchivedError();
    if (terms === null || terms.state !== 'published') throw new AttemptNotGrantedError();
    if (dueAt !== null && dueAt <= now) throw new DueDatePastError();
    const change = grantOf(terms, dueAt, now);
    if (Object.keys(change).length === 0) return false;
    const current = await overrides.find(place.id, userId);
    await this.write(place, dates, userId, { ...NOTHING, ...current, ...change });
    return true;
  }

  private async write(
    place: Place,
    dates: Dates,
    userId: string,
    override: Override,
  ): Promise<StudentOverride> {
    if (!areInOrder(datesInForce(dates, override))) throw new DatesOrderError();
    const saved = await this.deps.overrides.put(place.id, userId, override);
    if (saved === null) throw new NotAStudentError();
    await this.deps.audit.record(auditSubject('assignment', place, userId), 'assignment.override_set', {
      excused: override.excused,
    });
    await this.takeEffect(place, userId);
    return saved;
  }

  /** Applies a new date to submitted work, and to an assignment that now opens earlier. */
  private async takeEffect(place: Place, userId: string): Promise<void> {
    await this.deps.service.reevaluateLateness(place, userId);
    await this.deps.openings.emitOpening(place);
  }

  private async lock({ id }: Place): Promise<Dates> {
    return (await this.deps.assignments.lockDates(id)) ?? NOTHING;
  }
}

/** Returns the override with which the student can begin once more; empty if they can anyway. */
function grantOf(terms: Terms, dueAt: Date | null, now: Date): Partial<Override> {
  const { maxAttempts, attempts, closesAt, excused, latePolicy } = terms;
  const isOver = (date: Date | null) => date !== null && date <= now;
  if (dueAt === null && isOver(closesAt)) throw new AttemptNotGrantedError();
  return {
    ...(maxAttempts !== null && maxAttempts <= attempts ? { maxAttempts: attempts + 1 } : {}),
    ...(excused ? { excused: false } : {}),
    ...(dueAt === null || dueAt.getTime() === terms.dueAt?.getTime() ? {} : { dueAt }),
    ...(dueAt !== null && closesAt !== null && closesAt < dueAt ? { closesAt: dueAt } : {}),
    ...(dueAt === null && latePolicy === 'refuse' && isOver(terms.dueAt) ? { latePolicy: 'accept' } : {}),
  };
}
