import { defineRoute, type Route, signedIn } from '../../../http/route';
import { IdParams } from '../../../http/schemas';
import type { AiModelsController } from './ai.models.controller';
import { AiModelSchema, CreateModelBody, ListModelsQuery, UpdateModelBody } from './ai.models.schemas';

const ERRORS = {
  'model.name_taken': 'A model with this name already exists there.',
  'model.disabled_default': 'A model that is switched off cannot be the default.',
  'model.default_taken': 'Another request has just set another default. Try again.',
};
const NOT_FOUND = { 'model.not_found': 'There is no such model, or you may not see it.' };

const collection = (controller: AiModelsController) => [
  defineRoute({
    method: 'get',
    path: '/admin/ai-models',
    summary: 'List the AI models of the platform and of your tenant',
    access: signedIn('model.read'),
    query: ListModelsQuery,
    impersonal: true,
    success: { status: 200, description: 'A page of models.', data: AiModelSchema, list: true },
    handler: controller.list,
  }),
  defineRoute({
    method: 'post',
    path: '/admin/ai-models',
    summary: 'Create an AI model',
    description:
      'Platform admins create models for the whole platform or for a tenant, admins of a root group for their tenant.',
    access: signedIn('model.manage'),
    body: CreateModelBody,
    idempotency: 'transaction',
    success: { status: 201, description: 'The model.', data: AiModelSchema, revisioned: true },
    errors: { ...ERRORS, 'group.not_found': 'There is no such tenant, or you may not see it.' },
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
    summary: 'Update an AI model',
    access: signedIn('model.manage'),
    params: IdParams,
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
    summary: 'Delete an AI model',
    description:
      'Tools that name the model use the default model from now on. The recorded costs of the model stay.',
    access: signedIn('model.manage'),
    params: IdParams,
    conditional: true,
    success: { status: 204, description: 'The model is deleted.' },
    errors: NOT_FOUND,
    handler: controller.remove,
  }),
];

export const aiModelRoutes = (controller: AiModelsController): Route[] => [
  ...collection(controller),
  ...single(controller),
];
