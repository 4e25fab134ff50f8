import type { TemporalOperations } from '../../platform/temporal/temporal-client';
import type { AuditService } from '../audit';
import { ScheduleNotFoundError } from './jobs.errors';
import type { AsksTemporal } from './jobs.service';
import type { Schedule } from './jobs.types';

type ScheduleOperations = TemporalOperations['schedules'];

/** Precedes the note of a schedule while it is paused. */
const PAUSED = 'Paused through /admin/jobs. ';

/** Manages the schedules, which belong to the platform: the routes admit platform admins only. */
export class JobSchedulesService {
  constructor(
    private readonly temporal: AsksTemporal,
    private readonly audit: AuditService,
  ) {}

  /** Lists all schedules with their last and next runs. */
  listSchedules(): Promise<Schedule[]> {
    return this.temporal.ask(({ schedules }) => schedules.list());
  }

  /** @throws ScheduleNotFoundError */
  getSchedule(id: string): Promise<Schedule> {
    return this.temporal.ask(async ({ schedules }) => {
      const schedule = await schedules.find(id);
      if (schedule === null) throw new ScheduleNotFoundError();
      return schedule;
    });
  }

  /** Starts a run now. @throws ScheduleNotFoundError */
  triggerSchedule(id: string): Promise<Schedule> {
    return this.change(id, 'schedule.trigger_requested', (schedules) => schedules.trigger(id));
  }

  /**
   * Stops further runs until the schedule is resumed, even if the worker restarts. @throws
   * ScheduleNotFoundError
   */
  pauseSchedule(id: string): Promise<Schedule> {
    return this.change(id, 'schedule.pause_requested', (schedules, { note }) =>
      schedules.pause(id, note.startsWith(PAUSED) ? note : PAUSED + note),
    );
  }

  /** @throws ScheduleNotFoundError */
  unpauseSchedule(id: string): Promise<Schedule> {
    return this.change(id, 'schedule.unpause_requested', (schedules, { note }) =>
      schedules.unpause(id, note.startsWith(PAUSED) ? note.slice(PAUSED.length) : note),
    );
  }

  private async change(
    id: string,
    action: string,
    make: (schedules: ScheduleOperations, schedule: Schedule) => Promise<void>,
  ): Promise<Schedule> {
    const schedule = await this.getSchedule(id);
    await this.audit.record({ type: 'schedule', id: null, tenantId: null }, action, {
      schedule: id,
      kind: schedule.kind,
    });
    return this.temporal.ask(async ({ schedules }) => {
      await make(schedules, schedule);
      const changed = await schedules.find(id);
      if (changed === null) throw new ScheduleNotFoundError();
      return changed;
    });
  }
}
