import { defineRoute, type Route, signedIn } from '../../../http/route';
import { idParams } from '../../../http/schemas';
import type { AiModelsController } from './ai.models.controller';
import { AiModelSchema, CreateModelBody, ListModelsQuery, UpdateModelBody } from './ai.models.schemas';

const ERRORS = {
  'model.name_taken': 'A model of this name exists there already.',
  'model.disabled_default': 'A model that is switched off cannot be the default.',
  'model.default_taken': 'Somebody else has just chosen another default.',
};
const NOT_FOUND = { 'model.not_found': 'There is no such model, or not for the caller.' };

const collection = (controller: AiModelsController) => [
  defineRoute({
    method: 'get',
    path: '/admin/ai-models',
    summary: 'List the models of the platform and of the caller’s tenant',
    access: signedIn('model.read'),
    query: ListModelsQuery,
    impersonal: true,
    success: { status: 200, description: 'A page of models.', data: AiModelSchema, list: true },
    handler: controller.list,
  }),
  defineRoute({
    method: 'post',
    path: '/admin/ai-models',
    summary: 'Add a model',
    description:
      'Platform admins add models for everybody or for a tenant, admins of a root group for their tenant.',
    access: signedIn('model.manage'),
    body: CreateModelBody,
    idempotency: 'transaction',
    success: { status: 201, description: 'The model.', data: AiModelSchema, revisioned: true },
    errors: { ...ERRORS, 'group.not_found': 'There is no such tenant, or not for the caller.' },
    example: {
      name: 'openai/gpt-4o-mini',
      isDefault: true,
      inputPriceMicros: 150_000,
      outputPriceMicros: 600_000,
    },
    handler: controller.create,
  }),
];

const single = (controller: AiModelsController) => [
  defineRoute({
    method: 'patch',
    path: '/admin/ai-models/:id',
    summary: 'Change a model',
    access: signedIn('model.manage'),
    params: idParams,
    body: UpdateModelBody,
    conditional: true,
    success: { status: 200, description: 'The model.', data: AiModelSchema, revisioned: true },
    errors: { ...ERRORS, ...NOT_FOUND },
    example: { enabled: false },
    handler: controller.update,
  }),
  defineRoute({
    method: 'delete',
    path: '/admin/ai-models/:id',
    summary: 'Remove a model',
    description: 'Tools that name it get the default from now on. What it cost stays recorded.',
    access: signedIn('model.manage'),
    params: idParams,
    conditional: true,
    success: { status: 204, description: 'It is gone.' },
    errors: NOT_FOUND,
    handler: controller.remove,
  }),
];

export const aiModelRoutes = (controller: AiModelsController): Route[] => [
  ...collection(controller),
  ...single(controller),
];
