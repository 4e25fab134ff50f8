import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  type ScheduleOptions,
  ScheduleOverlapPolicy,
} from '@temporalio/client';
import { type Duration, msToNumber } from '@temporalio/common/lib/time';
import type { Logger } from '../src/platform/logging/logger';
import { ownScheduleId, temporalScheduleId } from '../src/platform/temporal/schedule-ids';
import { SEARCH_ATTRIBUTES } from '../src/platform/temporal/search-attributes';
import type { TemporalClient } from '../src/platform/temporal/temporal-client';
import type { ScheduleEntry } from './shared/schedule-entry';

export interface ScheduleChanges {
  created: string[];
  updated: string[];
  deleted: string[];
}

type Definition = Omit<ScheduleOptions, 'scheduleId' | 'memo' | 'state'> & Described;

/**
 * Makes Temporal's schedules equal to the table: creates, updates and deletes. Running it again changes
 * nothing, and schedules that operators paused stay paused.
 */
export async function applySchedules(
  temporal: TemporalClient,
  table: readonly ScheduleEntry[],
  logger: Logger,
): Promise<ScheduleChanges> {
  const changes: ScheduleChanges = { created: [], updated: [], deleted: [] };
  for (const entry of table) {
    const change = await applyOne(temporal, entry, logger);
    if (change !== null) changes[change].push(entry.id);
  }
  const wanted = new Set(table.map(({ id }) => id));
  for (const id of await listOurs(temporal)) {
    if (wanted.has(id)) continue;
    if (await deleteOne(temporal, id)) changes.deleted.push(id);
  }
  const changed = Object.values(changes).some((ids) => ids.length > 0);
  if (changed) logger.info('schedules were updated', { ...changes });
  else logger.debug('schedules are up to date');
  return changes;
}

/** Lists the ids of the schedules that differ from the table. Changes nothing. */
export async function compareSchedules(
  temporal: TemporalClient,
  table: readonly ScheduleEntry[],
): Promise<{ missing: string[]; different: string[]; unknown: string[]; paused: string[] }> {
  const found = { missing: [] as string[], different: [] as string[], paused: [] as string[] };
  await temporal.within(async () => {
    for (const entry of table) {
      const handle = temporal.client.schedule.getHandle(temporalScheduleId(entry.id));
      try {
        const schedule = await handle.describe();
        if (fingerprint(schedule) !== fingerprint(definitionOf(entry))) found.different.push(entry.id);
        if (schedule.state.paused) found.paused.push(entry.id);
      } catch (error) {
        if (!(error instanceof ScheduleNotFoundError)) throw error;
        found.missing.push(entry.id);
      }
    }
  });
  const wanted = new Set(table.map(({ id }) => id));
  return { ...found, unknown: (await listOurs(temporal)).filter((id) => !wanted.has(id)) };
}

/** @returns false if another worker was faster */
async function deleteOne(temporal: TemporalClient, id: string): Promise<boolean> {
  try {
    await temporal.within(() => temporal.client.schedule.getHandle(temporalScheduleId(id)).delete());
    return true;
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return false;
    throw error;
  }
}

async function applyOne(
  temporal: TemporalClient,
  entry: ScheduleEntry,
  logger: Logger,
): Promise<'created' | 'updated' | null> {
  const scheduleId = temporalScheduleId(entry.id);
  const definition = definitionOf(entry);
  const handle = temporal.client.schedule.getHandle(scheduleId);
  try {
    const found = await temporal.within(() => handle.describe());
    // The note of a paused schedule is the operator's.
    const note = found.state.paused ? found.state.note : entry.note;
    const before = `${fingerprint(found)} ${found.state.note}`;
    const after = `${fingerprint(definition)} ${note}`;
    if (before === after) return null;
    logger.info('a schedule differs from the table', { schedule: entry.id, was: before, becomes: after });
    await temporal.within(() =>
      handle.update(({ state }) => ({
        ...definition,
        state: { ...state, ...(note === undefined ? {} : { note }) },
      })),
    );
    return 'updated';
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
  }
  try {
    await temporal.within(() =>
      temporal.client.schedule.create({ ...definition, scheduleId, state: { note: entry.note } }),
    );
    return 'created';
  } catch (error) {
    // Another worker with the same table started at the same time and was faster.
    if (error instanceof ScheduleAlreadyRunning) return null;
    throw error;
  }
}

async function listOurs(temporal: TemporalClient): Promise<string[]> {
  const ids: string[] = [];
  for await (const { scheduleId } of temporal.client.schedule.list()) {
    const id = ownScheduleId(scheduleId);
    if (id !== null) ids.push(id);
  }
  return ids;
}

function definitionOf(entry: ScheduleEntry): Definition {
  const { contract, input } = entry;
  const { minute, hour, dayOfMonth } = entry.at;
  return {
    spec: {
      calendars: [
        {
          minute: typeof minute === 'number' ? minute : [...minute],
          hour: hour ?? '*',
          ...(dayOfMonth === undefined ? {} : { dayOfMonth }),
        },
      ],
      timezone: entry.timeZone,
    },
    action: {
      type: 'startWorkflow',
      workflowType: contract.name,
      workflowId: contract.workflowId(input),
      taskQueue: contract.taskQueue,
      args: [input],
      staticSummary: contract.summary(input),
      typedSearchAttributes: [{ key: SEARCH_ATTRIBUTES.kind, value: contract.name }],
    },
    policies: { overlap: ScheduleOverlapPolicy[entry.overlap], catchupWindow: entry.catchupWindow },
  };
}

/** The parts of a schedule that the table decides, as we write them and as Temporal reports them. */
interface Described {
  spec: { calendars?: readonly CalendarFields[]; intervals?: readonly unknown[]; timezone?: string };
  action: {
    workflowType: string | (() => unknown);
    workflowId?: string;
    taskQueue: string;
    args?: readonly unknown[];
  };
  policies?: { overlap?: string; catchupWindow?: Duration };
}

type CalendarFields = Partial<Record<'minute' | 'hour' | 'dayOfMonth', unknown>>;

/**
 * Returns one text for all parts. It is the same for the wanted schedule and for Temporal's version of it.
 */
function fingerprint({ spec, action, policies }: Described): string {
  const times = (spec.calendars ?? []).map(({ minute, hour, dayOfMonth }) => ({
    minute: rangeText(minute, 0, 59),
    hour: rangeText(hour, 0, 23),
    dayOfMonth: rangeText(dayOfMonth, 1, 31),
  }));
  return JSON.stringify({
    times,
    intervals: spec.intervals ?? [],
    timeZone: spec.timezone,
    workflow: action.workflowType,
    workflowId: action.workflowId,
    taskQueue: action.taskQueue,
    input: action.args,
    overlap: policies?.overlap,
    catchupMs: msToNumber(policies?.catchupWindow ?? 0),
  });
}

/** Turns `7`, `*` and Temporal's version of them (`[{ start: 7, end: 7, step: 1 }]`) into one text. */
function rangeText(value: unknown, min: number, max: number): string {
  if (typeof value === 'number') return `${value}-${value}`;
  if (!Array.isArray(value)) return `${min}-${max}`;
  return value
    .map((part: number | { start: number; end: number }) =>
      typeof part === 'number' ? `${part}-${part}` : `${part.start}-${part.end}`,
    )
    .join(',');
}
