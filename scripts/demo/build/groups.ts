import { GROUPS } from '../data';
import type { GroupKey } from '../demo.schemas';
import { known, OPERATOR, type Stage } from './stage';

export type GroupIds = ReadonlyMap<GroupKey, string>;

/** Creates the district and all groups below it. */
export async function buildGroups(stage: Stage): Promise<GroupIds> {
  const ids = new Map<GroupKey, string>();
  for (const { key, parent, name, kind, theme, settings } of GROUPS) {
    const parentId = parent === null ? undefined : known(ids, parent);
    const group = await stage.as(OPERATOR, (principal) =>
      stage.container.groups.tree.create(principal, { name, kind, theme, settings, parentId }),
    );
    ids.set(key, group.id);
  }
  return ids;
}
