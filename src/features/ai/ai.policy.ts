import type { DefineRules } from '../../authz/ability';
import { isTenantAdmin } from '../../authz/access';

/** Who chooses models: platform admins for everybody, admins of a tenant's root for the tenant. Who writes tools may look. */
export const aiRules: DefineRules = (access, allow) => {
  if (access.isPlatformAdmin) allow(['model.read', 'model.manage'], 'Model', {});
  if (access.teachPaths.length > 0) {
    allow('model.read', 'Model', { tenantId: null }, { tenantId: access.tenantId });
  }
  if (isTenantAdmin(access, access.tenantId)) {
    allow('model.manage', 'Model', { tenantId: access.tenantId });
  }
};
