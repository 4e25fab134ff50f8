import { KIB } from '../../http/json-body';
import { defineRoute, signedIn } from '../../http/route';
import { IdParams } from '../../http/schemas';
import type { RunsController } from './runs.controller';
import { CreateRunBody, ListRunsQuery, RunDetailSchema, RunResultSchema, RunSchema } from './runs.schemas';

const NOT_FOUND = { 'run.not_found': 'There is no such run, or you may not see it.' };

const collectionRoutes = (controller: RunsController) => [
  defineRoute({
    method: 'post',
    path: '/runs',
    summary: 'Create a run',
    description:
      'Queues a run of a product tool and answers immediately. `Location` is the address of the run. The input must match the input schema of the tool version.',
    access: signedIn('run.create'),
    body: CreateRunBody,
    bodyLimit: 640 * KIB,
    idempotency: 'transaction',
    success: { status: 202, description: 'The queued run.', data: RunSchema },
    errors: {
      'run.input_invalid': 'The input does not match the input schema of the tool.',
      'run.too_many_unfinished': 'You have too many unfinished runs.',
      'tool.not_found': 'There is no such tool, or you may not see it.',
      'ai.switched_off': 'A group above has switched AI off.',
      'schema.unusable': 'The input schema of the tool exceeds the current limits for schemas.',
      'schema.busy': 'Too many of your inputs are being checked now. Try again in a moment.',
      'tool.not_product': 'The tool is a chat tool. Start a chat session instead.',
      'submission.not_found': 'There is no such attempt, or you may not see it.',
      'submission.not_in_progress': 'The attempt has been handed in.',
      'assignment.closed': 'The assignment is closed.',
      'assignment.not_open': 'The assignment is not open yet.',
    },
    example: { toolId: '0197a3c4-7d1e-7c3a-9b52-2f6a1d0e8c11', input: { topic: 'photosynthesis' } },
    handler: controller.create,
  }),
  defineRoute({
    method: 'get',
    path: '/runs',
    summary: 'List runs',
    description:
      'Lists your own runs. With `classId`, `userId` or `submissionId` it also lists the runs of other users that you may read.',
    access: signedIn('run.read'),
    query: ListRunsQuery,
    success: { status: 200, description: 'A page of runs.', data: RunSchema, list: true },
    handler: controller.list,
  }),
];

const singleRoutes = (controller: RunsController) => [
  defineRoute({
    method: 'get',
    path: '/runs/:id',
    summary: 'Get a run',
    access: signedIn('run.read'),
    params: IdParams,
    success: { status: 200, description: 'The run.', data: RunDetailSchema, revisioned: true },
    errors: NOT_FOUND,
    handler: controller.get,
  }),
  defineRoute({
    method: 'get',
    path: '/runs/:id/result',
    summary: 'Get the result of a run',
    access: signedIn('run.read'),
    params: IdParams,
    success: { status: 200, description: 'The result.', data: RunResultSchema, revisioned: true },
    errors: {
      ...NOT_FOUND,
      'run.not_finished': 'The run has not finished yet.',
      'run.failed': 'The run failed. `details.code` says why.',
      'run.cancelled': 'The run was cancelled.',
    },
    handler: controller.result,
  }),
  defineRoute({
    method: 'post',
    path: '/runs/:id/cancel',
    summary: 'Cancel a run',
    description:
      'A queued run is cancelled immediately, a running one within a few seconds. A second request changes nothing.',
    access: signedIn('run.cancel'),
    params: IdParams,
    success: { status: 200, description: 'The updated run.', data: RunSchema, revisioned: true },
    errors: { ...NOT_FOUND, 'run.finished': 'The run has already succeeded or failed.' },
    handler: controller.cancel,
  }),
];

export const runRoutes = (controller: RunsController) => [
  ...collectionRoutes(controller),
  ...singleRoutes(controller),
];
