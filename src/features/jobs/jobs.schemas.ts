import { z } from 'zod';
import { canSchema, id, links, listQuery, timestamp } from '../../http/schemas';
import { WORKFLOW_STATES } from '../../platform/temporal/operations.types';
import { decodeJobId } from './jobs.ids';

/** Workflow ids consist of ids and names from the code. Temporal's limit is 1,000 characters. */
const WORKFLOW_ID = /^[\x21-\x7e]{1,1000}$/;

const jobId = z
  .string()
  .max(1_400)
  .regex(/^[A-Za-z0-9_-]+$/)
  .refine((value) => WORKFLOW_ID.test(decodeJobId(value)), { message: 'is not a workflow id' })
  .transform(decodeJobId);

export const JobParams = z.strictObject({ id: jobId });
export const ScheduleParams = z.strictObject({ id: z.string().regex(/^[a-z0-9-]{1,100}$/) });

/** Without page numbers, because Temporal pages by token. */
export const ListJobsQuery = listQuery(['-startedAt'], {
  kind: z
    .string()
    .regex(/^[A-Za-z0-9]{1,100}$/)
    .optional()
    .describe('For example `runTool`.'),
  state: z.enum(WORKFLOW_STATES).optional(),
  tenantId: id().optional().describe('For platform admins: only workflows of this tenant.'),
  subjectId: id().optional().describe('Only workflows for this run, export or other subject.'),
}).omit({ page: true, sort: true });

/** All schedules fit on one page. */
export const ListSchedulesQuery = listQuery(['id'], {}).pick({ cursor: true, limit: true });

const Ui = z
  .string()
  .nullable()
  .describe('The address in the Temporal UI; null if `TEMPORAL_UI_URL` is not set.');
const JobState = z.enum(WORKFLOW_STATES);

export const JobOverviewSchema = z
  .object({
    counts: z
      .record(JobState, z.number().int())
      .describe('The number of workflows in each state, as far as Temporal still keeps them.'),
    links: links('self', 'workflows', 'running', 'failed', 'schedules').extend({ ui: Ui }),
    can: canSchema('readSchedules'),
  })
  .meta({ id: 'JobOverview' });

const jobShape = {
  id: z.string().describe('The id to use in the addresses of this API.'),
  workflowId: z.string().describe('The id in Temporal.'),
  runId: z.string(),
  kind: z.string(),
  state: JobState,
  taskQueue: z.string(),
  tenantId: z.uuid().nullable(),
  subjectId: z.uuid().nullable(),
  schedule: z.string().nullable().describe('The schedule that started the workflow.'),
  startedAt: timestamp(),
  closedAt: timestamp().nullable(),
  links: links('self', 'cancel', 'retry').extend({ ui: Ui }),
  can: canSchema('cancel', 'retry'),
};

export const JobSchema = z.object(jobShape).meta({ id: 'Job' });

export const JobDetailSchema = z
  .object({
    ...jobShape,
    summary: z.string().nullable(),
    progress: z
      .unknown()
      .describe(
        'The progress that the workflow reports, or its last report if it has ended. Null if no worker answers.',
      ),
    historyEvents: z.number().int(),
    pendingActivities: z.array(
      z.object({
        activity: z.string(),
        attempt: z.number().int(),
        lastFailure: z.string().nullable().describe('The error code of the previous attempt.'),
        nextAttemptAt: timestamp().nullable(),
      }),
    ),
    ending: z
      .object({ code: z.string().nullable().describe('Why the workflow failed.'), result: z.unknown() })
      .nullable()
      .describe('Null while the workflow runs.'),
  })
  .meta({ id: 'JobDetail' });

export const ScheduleSchema = z
  .object({
    id: z.string(),
    kind: z.string(),
    note: z.string(),
    timeZone: z.string(),
    overlap: z.string(),
    catchupWindowSeconds: z.number().int(),
    isPaused: z.boolean(),
    nextRuns: z.array(timestamp()),
    lastRuns: z
      .array(
        z.object({
          workflowId: z.string(),
          scheduledAt: timestamp(),
          startedAt: timestamp(),
          links: links('job'),
        }),
      )
      .describe('Newest first.'),
    running: z.array(z.string()).describe('The ids of workflows.'),
    counts: z.object({
      started: z.number().int(),
      missedCatchup: z.number().int().describe('Runs that were missed because of an outage.'),
      skippedOverlap: z
        .number()
        .int()
        .describe('Runs that were skipped because the previous run was still in progress.'),
    }),
    links: links('self', 'trigger', 'pause', 'unpause').extend({ ui: Ui }),
    can: canSchema('manage'),
  })
  .meta({ id: 'JobSchedule' });
