import type { DefineRules } from '../../authz/ability';
import { classIdsReadAs } from '../../authz/access';

/**
 * People who manage a group see what its use of models costs; teachers see that of their classes, as class
 * reports show it.
 */
export const usageRules: DefineRules = (access, allow) => {
  const { isPlatformAdmin, adminPaths } = access;
  allow('usage.read', 'Group', isPlatformAdmin ? {} : { path: { $within: adminPaths } });
  allow('usage.read', 'Class', isPlatformAdmin ? {} : { groupPath: { $within: adminPaths } }, {
    id: { $in: classIdsReadAs(access, 'teacher') },
  });
};
