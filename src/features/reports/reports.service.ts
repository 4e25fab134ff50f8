import type { Look, ReportDocument } from '../../platform/pdf/blocks';
import { logoOf } from '../../platform/pdf/logo';
import { renderPdf } from '../../platform/pdf/render';
import type { DocumentTheme } from '../groups';
import { classReport } from './reports.class.content';
import type { ClassReportReadModel } from './reports.class.read-model';
import { ReportSubjectNotFoundError } from './reports.errors';
import { localeOf, ReportFormat } from './reports.format';
import { textsFor } from './reports.texts';
import type { Period, RenderReportInput } from './reports.types';
import { usageReport } from './reports.usage.content';
import type { UsageReportReadModel } from './reports.usage.read-model';

/** The parts of a group's theme in force that a document shows. */
export interface ReportsServiceOptions {
  classes: Pick<ClassReportReadModel, 'find'>;
  usage: Pick<UsageReportReadModel, 'find'>;
  groups: {
    timezoneOf(groupId: string): Promise<string>;
    documentTheme(groupId: string): Promise<DocumentTheme>;
  };
  /** The ISO 4217 code of the currency of costs. */
  currency: string;
  /** The group of a class, or null if there is no such class. */
  groupOfClass(classId: string): Promise<string | null>;
}

/** Renders reports, without any permission check. */
export class ReportsService {
  constructor(private readonly options: ReportsServiceOptions) {}

  /**
   * Renders a report as a PDF file, piece by piece. The same rows and input give the same bytes.
   * @throws ReportSubjectNotFoundError if the class or group does not exist or is archived
   */
  async *render(input: RenderReportInput): AsyncGenerator<Uint8Array> {
    const groupId = await this.groupOf(input);
    const [timezone, theme] = await Promise.all([
      this.options.groups.timezoneOf(groupId),
      this.options.groups.documentTheme(groupId),
    ]);
    const document = await this.compose(input, { from: input.from, to: input.to, timezone });
    const look: Look = { colors: theme.colors, logo: logoOf(theme.logoImage) };
    yield* renderPdf(document, look);
  }

  private async groupOf({ classId, groupId, tenantId }: RenderReportInput): Promise<string> {
    if (classId === null) return groupId ?? tenantId;
    const found = await this.options.groupOfClass(classId);
    if (found === null) throw new ReportSubjectNotFoundError();
    return found;
  }

  private async compose(input: RenderReportInput, period: Period): Promise<ReportDocument> {
    const locale = localeOf(input.locale);
    const format = new ReportFormat(locale, period, this.options.currency);
    const options = { input, period, format, texts: textsFor(locale) };
    if (input.kind === 'class_report') {
      const { classId } = input;
      const data = classId === null ? null : await this.options.classes.find(input.tenantId, classId, period);
      if (data === null) throw new ReportSubjectNotFoundError();
      return classReport(data, options);
    }
    const data = await this.options.usage.find(input, period);
    if (data === null) throw new ReportSubjectNotFoundError();
    return usageReport(data, options);
  }
}
