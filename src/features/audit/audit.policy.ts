import type { DefineRules } from '../../authz/ability';

const isRoot = (path: string): boolean => !path.includes('.');

/** Who reads the trail: admins of a tenant's root that of the tenant, platform admins all. It knows no smaller parts. */
export const auditRules: DefineRules = (access, allow) => {
  if (access.isPlatformAdmin) allow('audit.read', 'AuditTrail', () => true);
  if (access.adminPaths.some(isRoot))
    allow(
      'audit.read',
      'AuditTrail',
      (trail) => trail.tenantId !== null && trail.tenantId === access.tenantId,
    );
};
