export type { ExportCleanup } from './exports.cleanup';
export type { OnReady } from './exports.completion';
export { type ExportDataInput, exportDataContract } from './exports.contract';
export type { ExportExecution } from './exports.execution';
export { EXPORTS_PREFIX } from './exports.files';
export { createExportsModule, type ExportsModuleDeps } from './exports.module';
export { exportRules } from './exports.policy';
export type { ReportRenderer } from './exports.reports';
export type { Export, ExportManifest, ExportState } from './exports.types';
