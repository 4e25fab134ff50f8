import type { Database } from '../../../platform/db/database';
import { nextOf } from '../../../platform/db/walk';
import type { Clock } from '../../../shared/clock';
import type { WalkedPage } from '../../../shared/pages';
import type { Notify } from '../../notifications';
import type { OpenedAssignment, OpeningsRepository } from './assignments.openings.repository';

/** If the worker was away for longer than this, openings before that are not notified. */
const LOOK_BACK_MS = 3 * 86_400_000;

export interface OpeningsDeps {
  db: Database;
  clock: Clock;
  repository: OpeningsRepository;
  notify: Notify;
}

/** Notifies students of an assignment when it opens for them: each student once. */
export class OpeningsService {
  constructor(private readonly deps: OpeningsDeps) {}

  /**
   * Processes a page of recently opened assignments. Safe to repeat: a notified student is not notified
   * again. @returns how many
   */
  async emitPage({ after, limit }: { after: string | null; limit: number }): Promise<WalkedPage> {
    const now = this.deps.clock.now();
    const since = new Date(now.getTime() - LOOK_BACK_MS);
    const keys = await this.deps.repository.nextOpened(since, now, after, limit);
    let done = 0;
    for (const assignment of await this.deps.repository.listOpened(keys.map(({ id }) => id)))
      done += await this.emitOpening(assignment);
    return { done, next: nextOf(keys, limit) };
  }

  /** Notifies the students for whom it is open now. @returns how many were notified for the first time */
  async emitOpening({ id, classId, tenantId }: OpenedAssignment): Promise<number> {
    const { db, clock, repository, notify } = this.deps;
    return db.transaction(async () => {
      const claims = await repository.claim(id, clock.now());
      const first = claims[0];
      if (first === undefined) return 0;
      await notify.emit({
        event: 'assignment.published',
        ...{ tenantId, classId, subjectId: id, assignmentId: id },
        userIds: claims.map(({ userId }) => userId),
        // One event for each time that students were claimed, because it opens later for some than for
        // others.
        occurrence: first.id,
      });
      return claims.length;
    });
  }
}
