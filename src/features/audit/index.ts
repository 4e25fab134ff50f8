export { type AuditEntry, AuditService } from './audit.service';
