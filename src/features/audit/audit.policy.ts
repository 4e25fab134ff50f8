import type { DefineRules } from '../../authz/ability';
import { isTenantAdmin } from '../../authz/access';

/**
 * Admins of a tenant's root read the tenant's trail, platform admins read all. The trail has no smaller
 * parts.
 */
export const auditRules: DefineRules = (access, allow) => {
  if (access.isPlatformAdmin) allow('audit.read', 'AuditTrail', {});
  if (isTenantAdmin(access, access.tenantId))
    allow('audit.read', 'AuditTrail', { tenantId: access.tenantId });
};
