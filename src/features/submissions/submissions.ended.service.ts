import type { Database } from '../../platform/db/database';
import type { Clock } from '../../shared/clock';
import type { WalkedPage } from '../../shared/pages';
import type { AuditService } from '../audit';
import type { Notify } from '../notifications';
import type { EndedWork, SubmissionsRepository } from './submissions.repository';

export interface EndedWorkDeps {
  db: Database;
  clock: Clock;
  submissions: SubmissionsRepository;
  audit: AuditService;
  notify: Notify;
}

/**
 * Submits work in progress when its student can no longer do it, so that it can be graded, and notifies the
 * student.
 */
export class EndedWorkService {
  constructor(private readonly deps: EndedWorkDeps) {}

  /**
   * Processes a page of the work in progress; safe to repeat, even at the same time. @returns how many
   * attempts were submitted
   */
  async submitEnded({ after, limit }: { after: string | null; limit: number }): Promise<WalkedPage> {
    const { db, clock, submissions } = this.deps;
    const ids = await submissions.nextInProgress(after, limit);
    const done = await db.transaction(async () => {
      const ended = await submissions.submitEnded(clock.now(), ids);
      for (const work of ended) await this.record(work);
      return ended.length;
    });
    return { done, next: ids.length < limit ? null : (ids.at(-1) ?? null) };
  }

  private async record(work: EndedWork): Promise<void> {
    const { id, tenantId, assignmentId, classId, userId, attempt, lateBySeconds } = work;
    await this.deps.audit.record(
      { type: 'submission', id, tenantId, aboutUserId: userId },
      'submission.auto_submitted',
      { attempt, lateBySeconds },
    );
    await this.deps.notify.emit({
      event: 'submission.auto_submitted',
      ...{ tenantId, classId, assignmentId, subjectId: id, userIds: [userId] },
    });
  }
}
