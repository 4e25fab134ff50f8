import type { Export, ExportFormat, TableFormat } from '../exports.types';
import { csv } from './exports.csv';
import type { TableFormatter } from './exports.format';
import { ndjson } from './exports.ndjson';
import { xlsx } from './exports.xlsx';

export const FORMATTERS: Readonly<Record<TableFormat, TableFormatter>> = { csv, ndjson, xlsx };

const PDF = { contentType: 'application/pdf', extension: 'pdf' };

export const fileTypeOf = (format: ExportFormat): { contentType: string; extension: string } =>
  format === 'pdf' ? PDF : FORMATTERS[format];

/** `roster-2026-11-23.csv`: the kind and the day of its snapshot, without any name. */
export function fileNameOf({ kind, format, snapshotAt, createdAt }: Export): string {
  const day = (snapshotAt ?? createdAt).toISOString().slice(0, 10);
  return `${kind.replace('_', '-')}-${day}.${fileTypeOf(format).extension}`;
}
