import type { DefineRules } from '../../authz/ability';
import { isWithinAny } from '../../authz/access';

/** What a group's use of models costs is seen by who manages it. */
export const usageRules: DefineRules = (access, allow) => {
  if (access.isPlatformAdmin) allow('usage.read', 'Group', () => true);
  if (access.adminPaths.length > 0)
    allow('usage.read', 'Group', (group) => isWithinAny(group.path, access.adminPaths));
};
