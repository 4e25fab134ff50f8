export { type ExportDataInput, exportDataContract } from './exports.contract';
export { createExportsModule, type ExportsModuleDeps } from './exports.module';
export { exportRules } from './exports.policy';
export type { ReportRenderer } from './exports.reports';
export type { Export, ExportManifest, ExportState } from './exports.types';
export type { ExportCleanup } from './job/exports.cleanup';
export type { OnReady } from './job/exports.completion';
export type { ExportExecution } from './job/exports.execution';
export { EXPORTS_PREFIX } from './job/exports.files';
