import type { ScheduleInfo, WorkflowInfo } from '../src/platform/temporal/operations.types';
import type { TemporalClient, TemporalOperations } from '../src/platform/temporal/temporal-client';
import { AppError } from '../src/shared/errors';
import * as workflows from '../workflows/index';
import { SCHEDULES } from '../workflows/schedules';

/** Exit codes for shell scripts. */
export const EXIT = { done: 0, failed: 1, usage: 2, temporalAway: 3 } as const;
type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** How many rows are shown: enough for an overview; the Temporal UI has the rest. */
const SHOWN = 20;

export const USAGE = `npm run job -- list
npm run job -- <name> run-now|status|cancel|list [--json]

A name is a schedule (${SCHEDULES.map(({ id }) => id).join(', ')})
or a kind of workflow (${Object.keys(workflows).join(', ')}).
Exit code: 0 if done, 1 if it failed, 2 if the command is wrong, 3 if Temporal cannot be reached.
`;

/** A job by its two names; one of them may be missing. */
interface Job {
  scheduleId: string | undefined;
  kind: string;
}

interface Outcome {
  exitCode: ExitCode;
  /** The answer for `--json`. */
  data: unknown;
  /** The answer for people. */
  lines: string[];
}

function findJob(name: string): Job | undefined {
  const entry = SCHEDULES.find(({ id, contract }) => id === name || contract.name === name);
  if (entry !== undefined) return { scheduleId: entry.id, kind: entry.contract.name };
  return name in workflows ? { scheduleId: undefined, kind: name } : undefined;
}

const done = (data: unknown, ...lines: string[]): Outcome => ({ exitCode: EXIT.done, data, lines });
const wrong = (...lines: string[]): Outcome => ({ exitCode: EXIT.usage, data: { error: lines[0] }, lines });

const shown = ({ workflowId, state, startedAt }: WorkflowInfo): string =>
  `  ${state.padEnd(16)} ${startedAt.toISOString()}  ${workflowId}`;

function scheduleLines({ id, kind, note, isPaused, nextRuns, lastRuns, counts }: ScheduleInfo): string[] {
  return [
    `${id} (${kind})${isPaused ? ', PAUSED' : ''}: ${note}`,
    `  next ${nextRuns[0]?.toISOString() ?? '-'}, last ${lastRuns[0]?.startedAt.toISOString() ?? '-'}`,
    `  ${counts.started} started, ${counts.skippedOverlap} skipped, ${counts.missedCatchup} missed`,
  ];
}

async function listAll({ schedules, workflows: operations }: TemporalOperations): Promise<Outcome> {
  const found = await schedules.list();
  const kinds = await Promise.all(
    Object.keys(workflows).map(async (kind) => ({
      kind,
      running: await operations.count({ kind, state: 'running' }),
      failed: await operations.count({ kind, state: 'failed' }),
    })),
  );
  return done(
    { schedules: found, kinds },
    ...found.flatMap(scheduleLines),
    ...kinds.map(({ kind, running, failed }) => `${kind}: ${running} running, ${failed} failed`),
  );
}

async function runNow({ schedules }: TemporalOperations, { scheduleId, kind }: Job): Promise<Outcome> {
  if (scheduleId === undefined)
    return wrong(`${kind} has no schedule. It starts when a user asks for the work.`);
  if ((await schedules.find(scheduleId)) === null)
    return {
      exitCode: EXIT.failed,
      data: { error: 'no schedule' },
      lines: [`Temporal has no schedule ${scheduleId}. Start a worker first.`],
    };
  await schedules.trigger(scheduleId);
  return done({ triggered: scheduleId }, `${scheduleId} was started`);
}

async function status(operations: TemporalOperations, { scheduleId, kind }: Job): Promise<Outcome> {
  const schedule = scheduleId === undefined ? null : await operations.schedules.find(scheduleId);
  const { items: running } = await operations.workflows.list({ kind, state: 'running' }, null, SHOWN);
  const { items: failed } = await operations.workflows.list({ kind, state: 'failed' }, null, SHOWN);
  const progress = await Promise.all(
    running.map(({ workflowId }) => operations.workflows.progress(workflowId)),
  );
  return done(
    { schedule, running: running.map((job, i) => ({ ...job, progress: progress[i] ?? null })), failed },
    ...(schedule === null ? [kind] : scheduleLines(schedule)),
    ...running.map((job, i) => `${shown(job)} ${JSON.stringify(progress[i] ?? null)}`),
    ...failed.map(shown),
  );
}

async function cancel({ workflows: operations }: TemporalOperations, { kind }: Job): Promise<Outcome> {
  const cancelled: string[] = [];
  for (let cursor: string | null = null; ; ) {
    const page: Awaited<ReturnType<typeof operations.list>> = await operations.list(
      { kind, state: 'running' },
      cursor,
      SHOWN,
    );
    for (const { workflowId } of page.items) {
      await operations.cancel(workflowId);
      cancelled.push(workflowId);
    }
    cursor = page.nextCursor;
    if (cursor === null) break;
  }
  return done(
    { cancelled },
    `Cancellation requested for ${cancelled.length}`,
    ...cancelled.map((id) => `  ${id}`),
  );
}

async function list({ workflows: operations }: TemporalOperations, { kind }: Job): Promise<Outcome> {
  const { items } = await operations.list({ kind }, null, SHOWN);
  return done({ workflows: items }, `${kind}, the newest ${items.length}`, ...items.map(shown));
}

const COMMANDS: Readonly<Record<string, (operations: TemporalOperations, job: Job) => Promise<Outcome>>> = {
  'run-now': runNow,
  status,
  cancel,
  list,
};

async function outcomeOf(words: readonly string[], temporal: Pick<TemporalClient, 'ask'>): Promise<Outcome> {
  const [name, command, ...rest] = words;
  if (name === 'list' && command === undefined) return temporal.ask(listAll);
  const run = COMMANDS[command ?? ''];
  if (name === undefined || run === undefined || rest.length > 0) return wrong(USAGE);
  const job = findJob(name);
  if (job === undefined) return wrong(`There is no job ${name}. Choose a name from the list:`, USAGE);
  return temporal.ask((operations) => run(operations, job));
}

function failureOf(error: unknown): Outcome {
  const message = error instanceof Error ? error.message : String(error);
  const isAway = error instanceof AppError && error.kind === 'unavailable';
  return { exitCode: isAway ? EXIT.temporalAway : EXIT.failed, data: { error: message }, lines: [message] };
}

/** Runs the command that the words name and prints the result. @returns the exit code of the process */
export async function runJobCommand(
  argv: readonly string[],
  temporal: Pick<TemporalClient, 'ask'>,
  write: (text: string) => void,
): Promise<ExitCode> {
  const words = argv.filter((word) => word !== '--json');
  const { exitCode, data, lines } = await outcomeOf(words, temporal).catch(failureOf);
  write(argv.includes('--json') ? `${JSON.stringify(data, null, 2)}\n` : `${lines.join('\n')}\n`);
  return exitCode;
}
