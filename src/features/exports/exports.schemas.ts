import { z } from 'zod';
import { can, id, links, listQuery, moment, opaque, timestamp } from '../../http/schemas';
import { COLUMN_TYPES, EXPORT_FORMATS, EXPORT_KINDS, EXPORT_STATES } from './exports.types';

const isoMoment = () => moment().transform((value) => value.toISOString());

const filters = z
  .strictObject({
    from: isoMoment().optional().describe('From this moment on.'),
    to: isoMoment().optional().describe('Before this moment.'),
    assignmentId: id().optional(),
    userId: id().optional().describe('Only what this person has to do with.'),
    state: z.enum(['in_progress', 'submitted', 'returned']).optional().describe('Submissions in this state.'),
    action: z
      .string()
      .regex(/^[a-z_]{1,60}(\.[a-z_]{1,60}){0,3}$/)
      .optional()
      .describe('Audit events of this action: `submission.read`, or `submission` for all of them.'),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from < to, {
    message: 'must be after from',
    path: ['to'],
  });

const options = z.strictObject({
  bom: z
    .boolean()
    .optional()
    .describe('CSV: begin with a byte order mark, by which Excel knows that it is UTF-8.'),
  locale: z
    .string()
    .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/)
    .optional()
    .describe('PDF: the language of its words, numbers and dates.'),
});

export const CreateExportBody = z.strictObject({
  kind: z.enum(EXPORT_KINDS),
  format: z.enum(EXPORT_FORMATS).describe('Reports are PDF; all else is CSV, NDJSON or XLSX.'),
  scope: z
    .strictObject({ classId: id().optional(), groupId: id().optional() })
    .refine(({ classId, groupId }) => (classId === undefined) !== (groupId === undefined), {
      message: 'send either classId or groupId',
    })
    .describe('One class, or a group with everything below it. The audit trail is that of a root group.'),
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
    .describe('From the link of POST /exports/:id/link; nothing is handed out without.'),
});

const count = () => z.number().int();

const ManifestSchema = z
  .object({
    kind: z.enum(EXPORT_KINDS),
    format: z.enum(EXPORT_FORMATS),
    snapshotAt: timestamp().describe('The moment as of which it is: younger rows are not in it.'),
    timeZone: z.string().describe('The zone of its local times.'),
    rows: count().nullable(),
    bytes: count(),
    sha256: z.string(),
    columns: z.array(z.object({ name: z.string(), type: z.enum(COLUMN_TYPES) })),
    sheets: count().nullable(),
    cutTexts: count().describe('Texts that were longer than a cell of Excel may be.'),
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
      secondsLeft: count().nullable().describe('An estimate, once there is something to go by.'),
    }),
    manifest: ManifestSchema.nullable(),
    bytes: count().nullable(),
    errorCode: z.string().nullable().describe('Why it failed: `export.forbidden`, `storage.unavailable`.'),
    cancelRequestedAt: timestamp().nullable(),
    startedAt: timestamp().nullable(),
    finishedAt: timestamp().nullable(),
    expiresAt: timestamp().nullable().describe('When the file is deleted.'),
    createdAt: timestamp(),
    updatedAt: timestamp(),
    links: links('self', 'link'),
    can: can('download', 'delete'),
  })
  .meta({ id: 'Export' });

export const ExportLinkSchema = z
  .object({
    url: z.string().describe('Good for the caller alone, signed in, until `expiresAt`.'),
    expiresAt: timestamp(),
    links: links('export'),
  })
  .meta({ id: 'ExportLink' });
