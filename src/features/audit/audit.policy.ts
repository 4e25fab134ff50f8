import type { DefineRules } from '../../authz/ability';
import { isTenantAdmin } from '../../authz/access';

/** Who reads the trail: admins of a tenant's root that of the tenant, platform admins all. It knows no smaller parts. */
export const auditRules: DefineRules = (access, allow) => {
  if (access.isPlatformAdmin) allow('audit.read', 'AuditTrail', {});
  if (isTenantAdmin(access, access.tenantId))
    allow('audit.read', 'AuditTrail', { tenantId: access.tenantId });
};
