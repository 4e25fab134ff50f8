import { z } from 'zod';
import { canSchema, id, links, listQuery, moment, opaque, timestamp } from '../../http/schemas';
import { COLUMN_TYPES, EXPORT_FORMATS, EXPORT_KINDS, EXPORT_STATES } from './exports.types';

const isoMoment = () => moment().transform((value) => value.toISOString());

const filters = z
  .strictObject({
    from: isoMoment().optional().describe('Only data at or after this time.'),
    to: isoMoment().optional().describe('Only data before this time.'),
    assignmentId: id().optional(),
    userId: id().optional().describe('Only data about this user.'),
    state: z
      .enum(['in_progress', 'submitted', 'returned'])
      .optional()
      .describe('Only attempts in this state.'),
    action: z
      .string()
      .regex(/^[a-z_]{1,60}(\.[a-z_]{1,60}){0,3}$/)
      .optional()
      .describe('Only audit events of this action: `submission.read`, or `submission` for all its actions.'),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from < to, {
    message: 'must be after from',
    path: ['to'],
  });

const options = z.strictObject({
  bom: z.boolean().optional().describe('CSV: start with a byte order mark, so that Excel recognizes UTF-8.'),
  locale: z
    .string()
    .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/)
    .optional()
    .describe('PDF: the language of texts, numbers and dates.'),
});

export const CreateExportBody = z.strictObject({
  kind: z.enum(EXPORT_KINDS),
  format: z.enum(EXPORT_FORMATS).describe('Reports are PDF. All other exports are CSV, NDJSON or XLSX.'),
  scope: z
    .strictObject({ classId: id().optional(), groupId: id().optional() })
    .refine(({ classId, groupId }) => (classId === undefined) !== (groupId === undefined), {
      message: 'send either classId or groupId',
    })
    .describe(
      'A class, or a group with everything below it. The audit trail can be exported only for a root group.',
    ),
  filters: filters.default({}),
  options: options.default({}),
});

export const ListExportsQuery = listQuery(['-createdAt'], {
  kind: z.enum(EXPORT_KINDS).optional(),
  state: z.enum(EXPORT_STATES).optional(),
});

export const DownloadQuery = z.strictObject({
  token: opaque(0, 100)
    .default('')
    .describe('The token in the link from `POST /exports/{id}/link`. The file is not sent without it.'),
});

const count = () => z.number().int();

const ManifestSchema = z
  .object({
    kind: z.enum(EXPORT_KINDS),
    format: z.enum(EXPORT_FORMATS),
    snapshotAt: timestamp().describe(
      'The time of the snapshot. Rows that were created later are not included.',
    ),
    timeZone: z.string().describe('The time zone of the local times in the file.'),
    rows: count().nullable(),
    bytes: count(),
    sha256: z.string(),
    columns: z.array(z.object({ name: z.string(), type: z.enum(COLUMN_TYPES) })),
    sheets: count().nullable(),
    cutTexts: count().describe(
      'The number of texts that were cut because they are too long for an Excel cell.',
    ),
  })
  .meta({ id: 'ExportManifest' });

export const ExportSchema = z
  .object({
    id: z.uuid(),
    kind: z.enum(EXPORT_KINDS),
    format: z.enum(EXPORT_FORMATS),
    scope: z.object({ classId: z.uuid().nullable(), groupId: z.uuid().nullable(), name: z.string() }),
    filters: z.object({
      from: z.string().optional(),
      to: z.string().optional(),
      assignmentId: z.string().optional(),
      userId: z.string().optional(),
      state: z.string().optional(),
      action: z.string().optional(),
    }),
    options: z.object({ bom: z.boolean().optional(), locale: z.string().optional() }),
    state: z.enum(EXPORT_STATES),
    progress: z.object({
      rows: count(),
      total: count().nullable(),
      percent: count(),
      secondsLeft: count().nullable().describe('An estimate, available after some progress.'),
    }),
    manifest: ManifestSchema.nullable(),
    bytes: count().nullable(),
    errorCode: z
      .string()
      .nullable()
      .describe('Why the export failed, for example `export.forbidden` or `storage.unavailable`.'),
    cancelRequestedAt: timestamp().nullable(),
    startedAt: timestamp().nullable(),
    finishedAt: timestamp().nullable(),
    expiresAt: timestamp().nullable().describe('When the file is deleted.'),
    createdAt: timestamp(),
    updatedAt: timestamp(),
    links: links('self', 'link'),
    can: canSchema('download', 'delete'),
  })
  .meta({ id: 'Export' });

export const ExportLinkSchema = z
  .object({
    url: z.string().describe('Works only for you, while you are signed in, until `expiresAt`.'),
    expiresAt: timestamp(),
    links: links('export'),
  })
  .meta({ id: 'ExportLink' });
