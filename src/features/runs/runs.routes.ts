import { KIB } from '../../http/json-body';
import { defineRoute, signedIn } from '../../http/route';
import { idParams } from '../../http/schemas';
import type { RunsController } from './runs.controller';
import { CreateRunBody, ListRunsQuery, RunDetailSchema, RunResultSchema, RunSchema } from './runs.schemas';

const NOT_FOUND = { 'run.not_found': 'There is no such run, or not for the caller.' };

const collectionRoutes = (controller: RunsController) => [
  defineRoute({
    method: 'post',
    path: '/runs',
    summary: 'Run a product tool',
    description:
      'Queues the run and answers at once; `Location` is where to follow it. The input must fit the input schema of the tool version.',
    access: signedIn('run.create'),
    body: CreateRunBody,
    bodyLimit: 640 * KIB,
    idempotency: 'transaction',
    success: { status: 202, description: 'The run is queued.', data: RunSchema },
    errors: {
      'run.input_invalid': "The input does not fit the tool's input schema.",
      'run.too_many_unfinished': 'The caller has too many runs under way.',
      'tool.not_found': 'There is no such tool, or not for the caller.',
      'ai.switched_off': 'A group above has switched AI off.',
      'schema.unusable': 'The input schema of the tool is beyond what a schema may be today.',
      'schema.busy': 'Too many inputs of yours are being checked at this moment.',
      'tool.not_product': 'The tool is for chats.',
      'submission.not_found': 'There is no such submission, or not for the caller.',
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
      "The caller's own; with classId, userId or submissionId also those of others that they may read.",
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
    summary: 'Follow a run',
    access: signedIn('run.read'),
    params: idParams,
    success: { status: 200, description: 'The run.', data: RunDetailSchema, revisioned: true },
    errors: NOT_FOUND,
    handler: controller.get,
  }),
  defineRoute({
    method: 'get',
    path: '/runs/:id/result',
    summary: 'Fetch what a run has made',
    access: signedIn('run.read'),
    params: idParams,
    success: { status: 200, description: 'The output.', data: RunResultSchema, revisioned: true },
    errors: {
      ...NOT_FOUND,
      'run.not_finished': 'The run has not finished yet.',
      'run.failed': 'The run has failed; `details.code` says why.',
      'run.cancelled': 'The run was cancelled.',
    },
    handler: controller.result,
  }),
  defineRoute({
    method: 'post',
    path: '/runs/:id/cancel',
    summary: 'Cancel a run',
    description: 'A queued run ends at once, a running one within seconds. Asking again changes nothing.',
    access: signedIn('run.cancel'),
    params: idParams,
    success: { status: 200, description: 'The run as it is now.', data: RunSchema, revisioned: true },
    errors: { ...NOT_FOUND, 'run.finished': 'The run has succeeded or failed already.' },
    handler: controller.cancel,
  }),
];

export const runRoutes = (controller: RunsController) => [
  ...collectionRoutes(controller),
  ...singleRoutes(controller),
];
