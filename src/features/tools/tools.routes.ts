import { KIB } from '../../http/json-body';
import { defineRoute, type Route, signedIn } from '../../http/route';
import { IdParams } from '../../http/schemas';
import type { ToolsController } from './tools.controller';
import {
  CreateToolBody,
  DiffParams,
  DiffSchema,
  EmptyBody,
  ForkToolBody,
  RollbackToolBody,
  ToolSchema,
  ToolSummarySchema,
  ToolsQuery,
  UpdateToolBody,
  VersionParams,
  VersionSchema,
  VersionSummarySchema,
  VersionsQuery,
} from './tools.schemas';

const NOT_FOUND = { 'tool.not_found': 'There is no such tool, or you may not see it.' };
const NO_VERSION = { 'tool.version_not_found': 'The tool has no version with this number.' };
const NO_GROUP = { 'group.not_found': 'There is no such group, or you may not see it.' };
const CHECKED = {
  'schema.busy': 'Two of your definitions are being checked now. Try again in a moment.',
  'tool.too_many_definitions': 'You sent too many definitions in the last minute.',
};
const CHANGED = { 'precondition.changed': 'The tool has another current version than `If-Match` names.' };

const toolAnswer = (description: string, status: 200 | 201 = 200) =>
  ({ status, description, data: ToolSchema, revisioned: true }) as const;

const chatExample = {
  name: 'Socratic physics partner',
  version: '1.0',
  type: 'chat',
  behavior: 'You help students to think about forces and motion. Ask one question at a time.',
  constraints: {
    topics: ['forces', 'motion'],
    no_direct_answers: true,
    max_messages: 60,
    max_session_duration: 45,
  },
  meta: { subject: 'Physics', grades: [9, 10], description: 'Asks before it answers.', tags: ['socratic'] },
};
const productExample = {
  name: 'Vocabulary quiz',
  version: '1.0',
  type: 'product',
  behavior: 'Write a short quiz about the given words.',
  input_schema: {
    type: 'object',
    properties: {
      words: { type: 'array', items: { type: 'string', maxLength: 60 }, minItems: 1, maxItems: 20 },
    },
    required: ['words'],
    additionalProperties: false,
  },
  output_schema: {
    type: 'object',
    properties: { questions: { type: 'array', items: { type: 'string' } } },
    required: ['questions'],
  },
};

function collectionRoutes(tools: ToolsController): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/tools',
      summary: 'List the tools that you can see',
      access: signedIn('tool.read'),
      query: ToolsQuery,
      success: {
        status: 200,
        description: 'A page of tools, without their definitions.',
        data: ToolSummarySchema,
        list: true,
      },
      handler: tools.list,
    }),
    defineRoute({
      method: 'post',
      path: '/tools',
      summary: 'Create a tool',
      description:
        'Creates a draft with version 1. Product tools need `input_schema` and `output_schema` (JSON Schema draft 7; patterns must be RE2). If you name a model, `/admin/ai-models` must list it and the groups above must allow it.',
      access: signedIn('tool.create', 'Group'),
      body: CreateToolBody,
      bodyLimit: 512 * KIB,
      idempotency: 'transaction',
      example: {
        groupId: '01890000-0000-7000-8000-000000000001',
        visibility: 'group',
        definition: productExample,
      },
      success: toolAnswer('The draft.', 201),
      errors: { ...NO_GROUP, ...CHECKED },
      handler: tools.create,
    }),
  ];
}

const NOT_CHANGED = {
  ...NOT_FOUND,
  ...NO_GROUP,
  ...CHANGED,
  ...CHECKED,
  'tool.type_fixed': 'The type of a tool cannot change.',
  'tool.other_tenant': 'The group belongs to another tenant.',
};

function singleRoutes(tools: ToolsController): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/tools/:id',
      summary: 'Get a tool',
      description:
        'Returns the current version; a student gets the version that was assigned to them. The `ETag` starts with the version number.',
      access: signedIn('tool.read'),
      params: IdParams,
      success: toolAnswer('The tool.'),
      errors: NOT_FOUND,
      handler: tools.get,
    }),
    defineRoute({
      method: 'patch',
      path: '/tools/:id',
      summary: 'Update a tool',
      description:
        'A new definition becomes the next version. Existing versions never change. `If-Match` names the current version.',
      access: signedIn('tool.update', 'Tool'),
      params: IdParams,
      body: UpdateToolBody,
      bodyLimit: 512 * KIB,
      conditional: true,
      example: { definition: chatExample },
      success: toolAnswer('The tool. The version stays the same if the definition is the same.'),
      errors: NOT_CHANGED,
      handler: tools.update,
    }),
    defineRoute({
      method: 'delete',
      path: '/tools/:id',
      summary: 'Archive a tool',
      description:
        'Assignments of the tool continue, and their work stays readable. You can restore the tool.',
      access: signedIn('tool.archive'),
      params: IdParams,
      conditional: true,
      success: { status: 204, description: 'The tool is archived.' },
      errors: { ...NOT_FOUND, ...CHANGED },
      handler: tools.archive,
    }),
  ];
}

function versionRoutes(tools: ToolsController): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/tools/:id/versions',
      summary: 'List the versions of a tool',
      access: signedIn('tool.read_versions'),
      params: IdParams,
      query: VersionsQuery,
      success: {
        status: 200,
        description: 'A page of versions, without their definitions.',
        data: VersionSummarySchema,
        list: true,
      },
      errors: NOT_FOUND,
      handler: tools.listVersions,
    }),
    defineRoute({
      method: 'get',
      path: '/tools/:id/versions/:version',
      summary: 'Get a version of a tool',
      access: signedIn('tool.read_versions'),
      params: VersionParams,
      success: { status: 200, description: 'The version.', data: VersionSchema },
      errors: { ...NOT_FOUND, ...NO_VERSION },
      handler: tools.getVersion,
    }),
    defineRoute({
      method: 'get',
      path: '/tools/:id/versions/:from/diff/:to',
      summary: 'Compare two versions of a tool',
      description:
        'Compares the structure of the definitions. Fields that only editors may see are left out for others.',
      access: signedIn('tool.read_versions'),
      params: DiffParams,
      success: { status: 200, description: 'The differences.', data: DiffSchema },
      errors: { ...NOT_FOUND, ...NO_VERSION },
      handler: tools.diff,
    }),
  ];
}

function lifeRoutes(tools: ToolsController): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/tools/:id/publish',
      summary: 'Publish a tool',
      description:
        'Makes a draft available to the users that its visibility names. An archived tool is published again.',
      access: signedIn('tool.publish'),
      params: IdParams,
      body: EmptyBody,
      conditional: true,
      example: {},
      success: toolAnswer('The published tool.'),
      errors: { ...NOT_FOUND, ...CHANGED },
      handler: tools.publish,
    }),
    defineRoute({
      method: 'post',
      path: '/tools/:id/restore',
      summary: 'Restore an archived tool',
      description:
        'The tool becomes published again, or a draft if it was never published. A tool that is not archived stays as it is.',
      access: signedIn('tool.restore'),
      params: IdParams,
      success: toolAnswer('The restored tool.'),
      errors: NOT_FOUND,
      handler: tools.restore,
    }),
    defineRoute({
      method: 'post',
      path: '/tools/:id/fork',
      summary: 'Copy a tool',
      description:
        'Creates a draft of your own with the same definition. A model that the new group does not allow is left out. Editors of the tool can copy it, and teachers if the author made it forkable.',
      access: signedIn('tool.fork'),
      params: IdParams,
      body: ForkToolBody,
      idempotency: 'transaction',
      example: { groupId: '01890000-0000-7000-8000-000000000001' },
      success: toolAnswer('The copy.', 201),
      errors: { ...NOT_FOUND, ...NO_GROUP },
      handler: tools.fork,
    }),
  ];
}

const rollbackRoute = (tools: ToolsController): Route =>
  defineRoute({
    method: 'post',
    path: '/tools/:id/rollback',
    summary: 'Roll back to an old version of a tool',
    description: 'Creates a new version that equals the old one.',
    access: signedIn('tool.update'),
    params: IdParams,
    body: RollbackToolBody,
    conditional: true,
    example: { version: 1 },
    success: toolAnswer('The tool with its new version.'),
    errors: {
      ...NOT_FOUND,
      ...NO_VERSION,
      ...CHANGED,
      'tool.version_outdated': 'The version names a model or a module that is no longer available.',
    },
    handler: tools.rollBack,
  });

export const toolsRoutes = (tools: ToolsController): Route[] => [
  ...collectionRoutes(tools),
  ...singleRoutes(tools),
  ...versionRoutes(tools),
  ...lifeRoutes(tools),
  rollbackRoute(tools),
];
