import type { Database } from '../../platform/db/database';
import type { Clock } from '../../shared/clock';
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

/** Hands in work in progress when its student can no longer do it, so that it can be graded, and tells them. */
export class EndedWorkService {
  constructor(private readonly deps: EndedWorkDeps) {}

  /** A batch; can be run twice, and by two at once. @returns how many: fewer than `limit` means that none are left. */
  async submitEnded({ limit }: { limit: number }): Promise<number> {
    const { db, clock, submissions } = this.deps;
    return db.transaction(async () => {
      const ended = await submissions.submitEnded(clock.now(), limit);
      for (const work of ended) await this.record(work);
      return ended.length;
    });
  }

  private async record(work: EndedWork): Promise<void> {
    const { id, tenantId, assignmentId, classId, userId, attempt, lateBySeconds } = work;
    await this.deps.audit.record({
      action: 'submission.auto_submitted',
      subjectType: 'submission',
      subjectId: id,
      tenantId,
      aboutUserId: userId,
      details: { attempt, lateBySeconds },
    });
    await this.deps.notify.announce({
      event: 'submission.auto_submitted',
      ...{ tenantId, classId, assignmentId, subjectId: id, userIds: [userId] },
    });
  }
}
