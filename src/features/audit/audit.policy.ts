import type { DefineRules } from '../../authz/ability';

const isRoot = (path: string): boolean => !path.includes('.');

/** Who reads the trail: admins of a tenant's root that of the tenant, platform admins all. It knows no smaller parts. */
export const auditRules: DefineRules = (access, allow) => {
  if (access.isPlatformAdmin) allow('audit.read', 'AuditTrail', {});
  if (access.tenantId !== null && access.adminPaths.some(isRoot))
    allow('audit.read', 'AuditTrail', { tenantId: access.tenantId });
};
