import { authorizeVisible, type Principal } from '../../../authz/ability';
import type { Action } from '../../../authz/actions';
import type { Database } from '../../../platform/db/database';
import type { Clock } from '../../../shared/clock';
import { assertRevision, type IfMatch } from '../../../shared/revisions';
import { type AuditService, auditSubject } from '../../audit';
import { AssignmentNotFoundError, HasWorkError, NotPublishedError } from '../assignments.errors';
import { type AssignmentsService, assignmentSubject } from '../assignments.service';
import { mayBeArchived, mayBeDeleted } from '../assignments.terms';
import type { Assignment } from '../assignments.types';
import type { LifeRepository, LockedAssignment } from './assignments.life.repository';

export interface LifeDeps {
  db: Database;
  clock: Clock;
  life: LifeRepository;
  assignments: AssignmentsService;
  audit: AuditService;
}

/** Deletes, archives and restores assignments. A student's submitted work always stays readable. */
export class AssignmentLifeService {
  constructor(private readonly deps: LifeDeps) {}

  /** Hides an assignment without submitted work. @throws AssignmentNotFoundError, HasWorkError */
  async deleteAssignment(principal: Principal, id: string, ifMatch: IfMatch): Promise<void> {
    await this.change(principal, id, 'assignment.delete', ifMatch, async (found) => {
      if (!mayBeDeleted(found)) throw new HasWorkError();
      await this.deps.life.delete(id, this.deps.clock.now());
      return 'assignment.deleted';
    });
  }

  /**
   * Makes it read-only until it is restored. @throws AssignmentNotFoundError, NotPublishedError for a draft
   */
  async archiveAssignment(principal: Principal, id: string, ifMatch: IfMatch): Promise<Assignment> {
    await this.change(principal, id, 'assignment.archive', ifMatch, async (found) => {
      if (!mayBeArchived(found)) throw new NotPublishedError();
      if (found.state === 'archived') return null;
      await this.deps.life.archive(id);
      return 'assignment.archived';
    });
    return this.deps.assignments.getAssignment(principal, id);
  }

  /** Restores a deleted or archived assignment as it was before. @throws AssignmentNotFoundError */
  async restoreAssignment(principal: Principal, id: string): Promise<Assignment> {
    await this.change(principal, id, 'assignment.restore', null, async ({ state, isDeleted }) => {
      if (state !== 'archived' && !isDeleted) return null;
      await this.deps.life.restore(id);
      return 'assignment.restored';
    });
    return this.deps.assignments.getAssignment(principal, id);
  }

  /** @param work returns the change for the audit trail; null if nothing changed */
  private async change(
    principal: Principal,
    id: string,
    action: Action,
    ifMatch: IfMatch,
    work: (found: LockedAssignment) => Promise<string | null>,
  ): Promise<void> {
    const notFound = () => new AssignmentNotFoundError(id);
    await this.deps.db.transaction(async () => {
      const found = await this.deps.life.lock(id);
      if (found === null) throw notFound();
      // A deleted assignment exists only for people who may restore it, and only to be restored.
      if (found.isDeleted && action !== 'assignment.restore') throw notFound();
      const read = found.isDeleted ? action : 'assignment.read';
      authorizeVisible(principal, read, action, assignmentSubject(found), notFound, found.isArchived);
      assertRevision(ifMatch, found.revision);
      const event = await work(found);
      if (event === null) return;
      await this.deps.audit.record(auditSubject('assignment', found), event, {
        from: found.state,
      });
    });
  }
}
