export { createReportsModule, type ReportsModule } from './reports.module';
export type { ReportsService } from './reports.service';
export { REPORT_KINDS, type RenderReportInput, type ReportKind } from './reports.types';
