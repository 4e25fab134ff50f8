import { momentInWords } from '../../shared/local-time';
import {
  DATED_CONFLICTS,
  type DatedConflict,
  type WorkConflict,
  WorkConflictError,
} from './submissions.errors';
import type { SubmissionsRepository } from './submissions.repository';

interface Work {
  assignmentId: string;
  /** The group of the class, whose clocks the message shows. */
  groupId: string;
  userId: string;
}

const isDated = (reason: WorkConflict): reason is DatedConflict => reason in DATED_CONFLICTS;

/** Explains why a student cannot work. If a date decides, the message names it. */
export class WorkConflicts {
  constructor(
    private readonly submissions: SubmissionsRepository,
    private readonly timezoneOf: (groupId: string) => Promise<string>,
  ) {}

  async explain(reason: WorkConflict, { assignmentId, groupId, userId }: Work): Promise<WorkConflictError> {
    if (!isDated(reason)) return new WorkConflictError(reason);
    const dates = await this.submissions.findConflictDates(assignmentId, userId);
    const date = dates?.[reason] ?? null;
    if (date === null) return new WorkConflictError(reason);
    const moment = momentInWords(await this.timezoneOf(groupId), date);
    return new WorkConflictError(reason, DATED_CONFLICTS[reason](moment));
  }
}
