import type { DefineRules } from '../../authz/ability';

const isRoot = (path: string): boolean => !path.includes('.');

/** Who chooses models: platform admins for everybody, admins of a tenant's root for the tenant. Who writes tools may look. */
export const aiRules: DefineRules = (access, allow) => {
  if (access.isPlatformAdmin) allow(['model.read', 'model.manage'], 'Model', () => true);
  if (access.teachPaths.length > 0) {
    allow('model.read', 'Model', (model) => model.tenantId === null || model.tenantId === access.tenantId);
  }
  if (access.adminPaths.some(isRoot)) {
    allow('model.manage', 'Model', (model) => model.tenantId !== null && model.tenantId === access.tenantId);
  }
};
