import type { Export, ReportKind } from './exports.types';

/** Draws reports. The same rows and the same input give the same bytes. */
export interface ReportRenderer {
  render(input: {
    kind: ReportKind;
    tenantId: string;
    classId: string | null;
    groupId: string | null;
    from: Date;
    to: Date;
    generatedAt: Date;
    locale: string;
  }): AsyncIterable<Uint8Array>;
}

/** The default period: a month, as teachers report. */
const DEFAULT_DAYS = 30;
const DAY_MS = 86_400_000;

/** Renders the report of an export, as of its snapshot. */
export function renderReport(reports: ReportRenderer, found: Export): AsyncIterable<Uint8Array> {
  const generatedAt = found.snapshotAt ?? found.createdAt;
  const { from, to } = found.filters;
  const end = to === undefined ? generatedAt : new Date(to);
  return reports.render({
    kind: found.kind as ReportKind,
    tenantId: found.tenantId,
    classId: found.classId,
    groupId: found.groupId,
    from: from === undefined ? new Date(end.getTime() - DEFAULT_DAYS * DAY_MS) : new Date(from),
    to: end,
    generatedAt,
    locale: found.options.locale ?? 'en',
  });
}
