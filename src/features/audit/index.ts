export { NO_TENANT } from './audit.chain';
export { createAuditTrailModule, createAuditVerification } from './audit.module';
export type { AuditNames } from './audit.names.service';
export { auditRules } from './audit.policy';
export { AuditRepository, type AuditRow } from './audit.repository';
export type { AuditSealService } from './audit.seal.service';
export { AuditService, type AuditSubject, auditSubject } from './audit.service';
export type { Anchor, AuditVerifyService, ChainReport } from './audit.verify.service';
