import type { z } from 'zod';
import type { ExportRow } from './exports.sql';

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
/** Kinds that are drawn for people; all others are tables. */
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

/** What of it. Moments are ISO 8601, as they are kept with the export. */
export interface ExportFilters {
  /** From this moment on. */
  from?: string | undefined;
  /** Before this moment. */
  to?: string | undefined;
  assignmentId?: string | undefined;
  userId?: string | undefined;
  state?: string | undefined;
  /** Audit: the action, or the beginning of one up to a dot. */
  action?: string | undefined;
}

export interface ExportOptions {
  /** CSV: begin with a byte order mark, without which Excel takes the file for another encoding. */
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

/** What a finished export consists of. */
export interface ExportManifest {
  kind: ExportKind;
  format: ExportFormat;
  /** The moment as of which rows are in it. */
  snapshotAt: string;
  /** IANA name of the zone of its local times. */
  timeZone: string;
  /** Null for reports. */
  rows: number | null;
  bytes: number;
  sha256: string;
  /** Empty for reports. */
  columns: readonly { name: string; type: ColumnType }[];
  /** Excel workbooks: how many sheets the rows are spread over. */
  sheets: number | null;
  /** Texts that were longer than a cell of Excel can be, and were cut. */
  cutTexts: number;
}

/** Where the next part begins, and what the assembly has to know. */
export interface ExportCursor {
  /** The order of rows that it belongs to; missing in the oldest. */
  order?: number | undefined;
  /** The key of the last row written; null before the first. */
  after: readonly string[] | null;
  /** The numbers of the parts with which a sheet begins. */
  sheetStarts: readonly number[];
  cutTexts: number;
}

/** What an export is about, as the rules look at it. */
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

export interface ListedFilters {
  kind?: ExportKind | undefined;
  state?: ExportState | undefined;
}

export const isReport = (kind: ExportKind): kind is ReportKind =>
  kind === 'class_report' || kind === 'usage_report';

export const isFinished = (state: ExportState): boolean => state !== 'queued' && state !== 'running';
