import { defineRoute, signedIn } from '../../http/route';
import { idParams } from '../../http/schemas';
import type { ExportsController } from './exports.controller';
import {
  CreateExportBody,
  DownloadQuery,
  ExportLinkSchema,
  ExportSchema,
  ListExportsQuery,
} from './exports.schemas';

const NOT_FOUND = { 'export.not_found': "There is no such export, or it is somebody else's." };
const NO_FILE = {
  ...NOT_FOUND,
  'export.not_ready': 'There is no file: not yet, or not any more.',
  'export.forbidden': 'The caller may not have what is in it any more.',
};

const collectionRoutes = (controller: ExportsController) => [
  defineRoute({
    method: 'get',
    path: '/exports',
    summary: 'List your exports',
    access: signedIn('export.list'),
    query: ListExportsQuery,
    success: { status: 200, description: 'A page of them.', data: ExportSchema, list: true },
    handler: controller.list,
  }),
  defineRoute({
    method: 'post',
    path: '/exports',
    summary: 'Ask for a file',
    description: `Rosters for everybody who sees the class or group; gradebook, submissions and messages for those who may read the work
(each student sees in their access log that it was exported); usage for admins; the audit trail for admins of the root group.
The file is made in the background and kept for a week.`,
    access: signedIn('export.create'),
    body: CreateExportBody,
    example: {
      kind: 'gradebook',
      format: 'xlsx',
      scope: { classId: '0196b7a4-0000-7000-8000-000000000001' },
    },
    success: { status: 202, description: 'The export, waiting to be made.', data: ExportSchema },
    errors: {
      'export.unsuitable': 'This kind cannot be had in this format, of this scope or by this filter.',
      'export.too_many_unfinished': 'Five of yours are still being made.',
      'class.not_found': 'There is no such class.',
      'group.not_found': 'There is no such group.',
    },
    idempotency: 'transaction',
    handler: controller.create,
  }),
];

const singleRoutes = (controller: ExportsController) => [
  defineRoute({
    method: 'get',
    path: '/exports/:id',
    summary: 'Follow an export',
    access: signedIn('export.read'),
    params: idParams,
    success: { status: 200, description: 'The export.', data: ExportSchema, revisioned: true },
    errors: NOT_FOUND,
    handler: controller.get,
  }),
  defineRoute({
    method: 'delete',
    path: '/exports/:id',
    summary: 'Cancel an export, or delete its file',
    description:
      'One that waits ends at once, one that is being made within seconds. Asking again changes nothing.',
    access: signedIn('export.delete'),
    params: idParams,
    success: {
      status: 200,
      description: 'The export as it is now.',
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
    summary: 'Get a link to the file',
    description: 'Good for a quarter of an hour, and only for you.',
    access: signedIn('export.download'),
    params: idParams,
    success: { status: 200, description: 'The link.', data: ExportLinkSchema },
    errors: NO_FILE,
    handler: controller.link,
  }),
  defineRoute({
    method: 'get',
    path: '/exports/:id/download',
    summary: 'Download the file',
    description:
      'Takes Range and If-Range, so that a download that was cut goes on. Whether you may have it is checked again.',
    access: signedIn('export.download'),
    params: idParams,
    query: DownloadQuery,
    success: { status: 200, description: 'The file.', file: true },
    errors: { ...NO_FILE, 'export.link_invalid': "The link is over, or somebody else's." },
    handler: controller.download,
  }),
];

export const exportRoutes = (controller: ExportsController) => [
  ...collectionRoutes(controller),
  ...singleRoutes(controller),
  ...fileRoutes(controller),
];
