import type { DefineRules } from '../../authz/ability';
import { isWithinAny, readingRoleIn } from '../../authz/access';

/** Those who manage a group see what its use of models costs, and teachers that of their classes, as class reports show it. */
export const usageRules: DefineRules = (access, allow) => {
  if (access.isPlatformAdmin) allow('usage.read', 'Group', () => true);
  if (access.adminPaths.length > 0)
    allow('usage.read', 'Group', (group) => isWithinAny(group.path, access.adminPaths));
  allow(
    'usage.read',
    'Class',
    ({ id, groupPath }) =>
      access.isPlatformAdmin ||
      isWithinAny(groupPath, access.adminPaths) ||
      readingRoleIn(access, id) === 'teacher',
  );
};
