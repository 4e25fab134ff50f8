import {
  assertInScope,
  type DefineRules,
  isInScope,
  type Principal,
  type Subjects,
} from '../../authz/ability';
import { type Access, classIdsReadAs, isWithinAny, readingRoleIn } from '../../authz/access';
import { A_ROOT, type Conditions } from '../../authz/conditions';
import { KINDS } from './exports.kinds';
import { EXPORT_KINDS, type ExportKind, type ExportTarget } from './exports.types';

type Target = Pick<ExportTarget, 'classId' | 'groupPath' | 'tenantId'>;
type Ways = readonly Conditions<Subjects['ExportTarget']>[];

const manages = (access: Access) => ({ groupPath: { $within: access.adminPaths } });

/** People who may open each student's work there. Platform admins may not. */
const readsWork = (access: Access): Ways => [
  { classId: { $in: classIdsReadAs(access, 'teacher', 'assistant') } },
  manages(access),
];
const seesEverybody = (access: Access): Ways => [
  { classId: { $in: classIdsReadAs(access, 'teacher', 'assistant') } },
  access.isPlatformAdmin ? {} : { groupPath: { $within: access.viewPaths } },
];
const seesCosts = (access: Access): Ways => [access.isPlatformAdmin ? {} : manages(access)];
/** As for reading the trail, which has no smaller parts than a tenant. */
function readsTrail({ isPlatformAdmin, tenantId, adminPaths }: Access): Ways {
  if (isPlatformAdmin) return [{ classId: null, groupPath: { $regex: A_ROOT } }];
  if (tenantId === null) return [];
  return [{ classId: null, groupPath: { $regex: A_ROOT, $within: adminPaths }, tenantId }];
}

/** Who may export what: a file never contains what its reader could not see individually. */
const MAY_EXPORT: Readonly<Record<ExportKind, (access: Access) => Ways>> = {
  roster: seesEverybody,
  gradebook: readsWork,
  submissions: readsWork,
  messages: readsWork,
  usage: seesCosts,
  audit: readsTrail,
  class_report: readsWork,
  usage_report: seesCosts,
};

/** Only people who grade see grades that are not returned yet. */
export const mayExportDrafts = (access: Access, { classId, groupPath }: Target): boolean =>
  (classId !== null && readingRoleIn(access, classId) === 'teacher') ||
  isWithinAny(groupPath, access.adminPaths);

/** @throws ForbiddenError unless the caller's credential covers everything that is read for this kind */
export function assertMayRead(principal: Principal, kind: ExportKind): void {
  for (const action of KINDS[kind].reads) assertInScope(principal, action);
}

/** The kinds that the caller's credential covers; undefined if it covers all of them. */
export function readableKinds(principal: Principal): ExportKind[] | undefined {
  const kinds = EXPORT_KINDS.filter((kind) =>
    KINDS[kind].reads.every((action) => isInScope(principal, action)),
  );
  return kinds.length < EXPORT_KINDS.length ? kinds : undefined;
}

/** An export concerns only its requester; whether they may still have it is checked each time. */
export const exportRules: DefineRules = (access, allow) => {
  const withoutDrafts: Ways = [
    { withDrafts: false },
    { classId: { $in: classIdsReadAs(access, 'teacher') } },
    manages(access),
  ];
  const mayHave: Ways = EXPORT_KINDS.flatMap((kind) =>
    MAY_EXPORT[kind](access).map((way) => ({ kind, $and: [way, { $or: withoutDrafts }] })),
  );
  const own = { requestedBy: access.userId };

  allow('export.list', 'Account', { userId: access.userId });
  allow('export.create', 'ExportTarget', ...mayHave);
  allow(['export.read', 'export.delete'], 'Export', own);
  allow('export.download', 'Export', ...mayHave.map((way) => ({ ...way, ...own })));
};
