import type { z } from 'zod';
import type { ExportRow } from './exports.sql';

export type { ListedFilters } from './exports.sql';

export const EXPORT_KINDS = [
  'roster',
  'gradebook',
  'submissions',
  'messages',
  'usage',
  'audit',
  'class_report',
  'usage_report',
] as const;
export type ExportKind = (typeof EXPORT_KINDS)[number];
/** Kinds that are drawn as documents; all others are tables. */
export type ReportKind = 'class_report' | 'usage_report';
export type TableKind = Exclude<ExportKind, ReportKind>;

export const EXPORT_FORMATS = ['csv', 'ndjson', 'xlsx', 'pdf'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];
export type TableFormat = Exclude<ExportFormat, 'pdf'>;

export const EXPORT_STATES = ['queued', 'running', 'succeeded', 'failed', 'cancelled', 'expired'] as const;
export type ExportState = (typeof EXPORT_STATES)[number];

/** One class, or a group with everything below it. Exactly one of the two. */
export interface ExportScope {
  classId?: string | undefined;
  groupId?: string | undefined;
}

/** Which rows it contains. Moments are ISO 8601 texts, as they are stored with the export. */
export interface ExportFilters {
  /** From this moment on. */
  from?: string | undefined;
  /** Before this moment. */
  to?: string | undefined;
  assignmentId?: string | undefined;
  userId?: string | undefined;
  state?: string | undefined;
  /** Audit: the action, or its beginning up to a dot. */
  action?: string | undefined;
}

export interface ExportOptions {
  /** CSV: start with a byte order mark; without it Excel assumes another encoding. */
  bom?: boolean | undefined;
  /** PDF: the language of words, numbers and dates, as a BCP 47 tag. */
  locale?: string | undefined;
}

export const COLUMN_TYPES = [
  'text',
  'integer',
  'number',
  'boolean',
  'time',
  'local_time',
  'date',
  'json',
] as const;
export type ColumnType = (typeof COLUMN_TYPES)[number];

/** The description of a finished export. */
export interface ExportManifest {
  kind: ExportKind;
  format: ExportFormat;
  /** The moment of the data. */
  snapshotAt: string;
  /** The IANA time zone of its local times. */
  timeZone: string;
  /** Null for reports. */
  rows: number | null;
  bytes: number;
  sha256: string;
  /** Empty for reports. */
  columns: readonly { name: string; type: ColumnType }[];
  /** Excel workbooks: the number of sheets. */
  sheets: number | null;
  /** Texts that were longer than an Excel cell allows, and were cut. */
  cutTexts: number;
}

/** Where the next part begins, and what the assembly needs to know. */
export interface ExportCursor {
  /** The row order to which it belongs; missing in the oldest cursors. */
  order?: number | undefined;
  /** The key of the last written row; null before the first. */
  after: readonly string[] | null;
  /** The numbers of the parts with which a sheet begins. */
  sheetStarts: readonly number[];
  cutTexts: number;
}

/** The subject of an export, as the rules check it. */
export interface ExportTarget {
  tenantId: string;
  classId: string | null;
  /** The path of the class's group, or of the group. */
  groupPath: string;
}

export type Export = z.output<typeof ExportRow>;

declare global {
  namespace PrismaJson {
    /** The column `exports.filters`. */
    type ExportFilters = import('./exports.types').ExportFilters;
    /** The column `exports.options`. */
    type ExportOptions = import('./exports.types').ExportOptions;
    /** The column `exports.cursor`. */
    type ExportCursor = import('./exports.types').ExportCursor;
    /** The column `exports.manifest`. */
    type ExportManifest = import('./exports.types').ExportManifest;
  }
}

export interface CreateExportInput {
  kind: ExportKind;
  format: ExportFormat;
  scope: ExportScope;
  filters: ExportFilters;
  options: ExportOptions;
}

export const isReport = (kind: ExportKind): kind is ReportKind =>
  kind === 'class_report' || kind === 'usage_report';

export const isFinishedExport = (state: ExportState): boolean => state !== 'queued' && state !== 'running';
