import type { DefineRules } from '../../authz/ability';

const isRoot = (path: string): boolean => !path.includes('.');

/** Who chooses models: platform admins for everybody, admins of a tenant's root for the tenant. Who writes tools may look. */
export const aiRules: DefineRules = (access, allow) => {
  if (access.isPlatformAdmin) allow(['model.read', 'model.manage'], 'Model', {});
  if (access.teachPaths.length > 0) {
    allow('model.read', 'Model', { tenantId: null }, { tenantId: access.tenantId });
  }
  if (access.tenantId !== null && access.adminPaths.some(isRoot)) {
    allow('model.manage', 'Model', { tenantId: access.tenantId });
  }
};
