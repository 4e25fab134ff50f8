import {
  type Client,
  type ScheduleDescription,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
} from '@temporalio/client';
import type { ScheduleInfo } from './operations.types';
import { ownScheduleId, temporalScheduleId } from './schedule-ids';

/** What operators do with schedules. Every call is made within `TemporalClient.ask`. */
export class ScheduleOperations {
  constructor(private readonly client: Client) {}

  /** Lists all our schedules, sorted by id. */
  async list(): Promise<ScheduleInfo[]> {
    const ids: string[] = [];
    for await (const { scheduleId } of this.client.schedule.list()) {
      const id = ownScheduleId(scheduleId);
      if (id !== null) ids.push(id);
    }
    // Temporal's list lags by a moment, so each schedule is read individually.
    const found = await Promise.all(ids.sort().map((id) => this.find(id)));
    return found.filter((schedule) => schedule !== null);
  }

  async find(id: string): Promise<ScheduleInfo | null> {
    try {
      return infoOf(id, await this.handle(id).describe());
    } catch (error) {
      if (error instanceof ScheduleNotFoundError) return null;
      throw error;
    }
  }

  /** Starts a run now, in addition to the scheduled ones. It is skipped while a run is open. */
  trigger(id: string): Promise<void> {
    // The SDK's default would start it beside an open run.
    return this.handle(id).trigger(ScheduleOverlapPolicy.SKIP);
  }

  pause(id: string, note: string): Promise<void> {
    return this.handle(id).pause(note);
  }

  /** @param note the note to restore */
  unpause(id: string, note: string): Promise<void> {
    return this.handle(id).unpause(note);
  }

  private handle(id: string) {
    return this.client.schedule.getHandle(temporalScheduleId(id));
  }
}

function infoOf(id: string, { action, info, policies, spec, state }: ScheduleDescription): ScheduleInfo {
  return {
    id,
    kind: typeof action.workflowType === 'string' ? action.workflowType : '',
    note: state.note ?? '',
    timeZone: spec.timezone ?? 'UTC',
    overlap: (policies.overlap ?? 'SKIP').toLowerCase(),
    catchupWindowSeconds: Math.round(policies.catchupWindow / 1000),
    isPaused: state.paused,
    nextRuns: info.nextActionTimes,
    lastRuns: info.recentActions
      .map(({ action: { workflow }, scheduledAt, takenAt }) => ({
        workflowId: workflow.workflowId,
        scheduledAt,
        startedAt: takenAt,
      }))
      .reverse(),
    running: info.runningActions.map(({ workflow }) => workflow.workflowId),
    counts: {
      started: info.numActionsTaken,
      missedCatchup: info.numActionsMissedCatchupWindow,
      skippedOverlap: info.numActionsSkippedOverlap,
    },
  };
}
