import type { DefineRules } from '../../authz/ability';
import { isTenantAdmin } from '../../authz/access';

/**
 * Platform admins choose models for everybody, admins of a tenant's root for the tenant. Authors of tools
 * may read them.
 */
export const aiRules: DefineRules = (access, allow) => {
  if (access.isPlatformAdmin) allow(['model.read', 'model.manage'], 'Model', {});
  if (access.teachPaths.length > 0) {
    allow('model.read', 'Model', { tenantId: null }, { tenantId: access.tenantId });
  }
  if (isTenantAdmin(access, access.tenantId)) {
    allow('model.manage', 'Model', { tenantId: access.tenantId });
  }
};
