import { defineRoute, signedIn } from '../../http/route';
import { IdParams } from '../../http/schemas';
import type { ExportsController } from './exports.controller';
import {
  CreateExportBody,
  DownloadQuery,
  ExportLinkSchema,
  ExportSchema,
  ListExportsQuery,
} from './exports.schemas';

const NOT_FOUND = { 'export.not_found': 'There is no such export, or it belongs to another user.' };
const NO_FILE = {
  ...NOT_FOUND,
  'export.not_ready': 'There is no file yet, or the file has been deleted.',
  'export.forbidden': 'You may no longer read the data in the file.',
};

const collectionRoutes = (controller: ExportsController) => [
  defineRoute({
    method: 'get',
    path: '/exports',
    summary: 'List your exports',
    access: signedIn('export.list'),
    query: ListExportsQuery,
    success: { status: 200, description: 'A page of exports.', data: ExportSchema, list: true },
    handler: controller.list,
  }),
  defineRoute({
    method: 'post',
    path: '/exports',
    summary: 'Create an export',
    description: `Every user who can see the class or group can export its roster. Gradebook, submissions and
messages are for users who may read the work (the audit trail records the export for each student). Usage is for admins,
the audit trail for admins of the root group. The file is created in the background and kept for a week.`,
    access: signedIn('export.create'),
    body: CreateExportBody,
    example: {
      kind: 'gradebook',
      format: 'xlsx',
      scope: { classId: '0196b7a4-0000-7000-8000-000000000001' },
    },
    success: { status: 202, description: 'The queued export.', data: ExportSchema },
    errors: {
      'export.unsuitable': 'This kind of export does not support this format, scope or filter.',
      'export.too_many_unfinished':
        'You already have five unfinished exports. Wait until one is finished, or cancel one.',
      'class.not_found': 'There is no such class, or you may not see it.',
      'group.not_found': 'There is no such group, or you may not see it.',
    },
    idempotency: 'transaction',
    handler: controller.create,
  }),
];

const singleRoutes = (controller: ExportsController) => [
  defineRoute({
    method: 'get',
    path: '/exports/:id',
    summary: 'Get an export',
    access: signedIn('export.read'),
    params: IdParams,
    success: { status: 200, description: 'The export.', data: ExportSchema, revisioned: true },
    errors: NOT_FOUND,
    handler: controller.get,
  }),
  defineRoute({
    method: 'delete',
    path: '/exports/:id',
    summary: 'Cancel an export, or delete its file',
    description:
      'A queued export is cancelled immediately, a running one within a few seconds. A second request changes nothing.',
    access: signedIn('export.delete'),
    params: IdParams,
    success: {
      status: 200,
      description: 'The updated export.',
      data: ExportSchema,
      revisioned: true,
    },
    errors: NOT_FOUND,
    handler: controller.delete,
  }),
];

const fileRoutes = (controller: ExportsController) => [
  defineRoute({
    method: 'post',
    path: '/exports/:id/link',
    summary: 'Create a download link for an export',
    description: 'The link works for 15 minutes, and only for you.',
    access: signedIn('export.download'),
    params: IdParams,
    success: { status: 200, description: 'The link.', data: ExportLinkSchema },
    errors: NO_FILE,
    handler: controller.link,
  }),
  defineRoute({
    method: 'get',
    path: '/exports/:id/download',
    summary: 'Download the file of an export',
    description:
      'Takes `Range` and `If-Range`, so you can resume an interrupted download. Your permission is checked again for each request.',
    access: signedIn('export.download'),
    params: IdParams,
    query: DownloadQuery,
    success: { status: 200, description: 'The file.', file: true },
    errors: { ...NO_FILE, 'export.link_invalid': 'The link has expired or belongs to another user.' },
    handler: controller.download,
  }),
];

export const exportRoutes = (controller: ExportsController) => [
  ...collectionRoutes(controller),
  ...singleRoutes(controller),
  ...fileRoutes(controller),
];
