import type { z } from 'zod';
import type { Database } from '../../platform/db/database';
import { type NewAttempt, StartRow, startAttempt } from './submissions.start.sql';

/** The assignment with the student's terms; `attempt` is null if none was created. */
export type StartOutcome = z.output<typeof StartRow>;

/** Creates attempts. */
export class StartRepository {
  constructor(private readonly db: Database) {}

  /**
   * Creates the next attempt, with its audit event, if everything allows it and none is in progress. The
   * unique key of (assignment, student, attempt) decides between two simultaneous requests: the loser
   * creates nothing and may try again.
   * @returns null if there is no such assignment
   */
  async startAttempt(attempt: NewAttempt): Promise<StartOutcome | null> {
    return this.db.row(startAttempt(attempt), StartRow);
  }
}
