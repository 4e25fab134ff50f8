import { assertInScope, type DefineRules, isInScope, type Principal } from '../../authz/ability';
import { type Access, isWithinAny, readingRoleIn } from '../../authz/access';
import { KINDS } from './exports.kinds';
import { EXPORT_KINDS, type ExportKind, type ExportTarget } from './exports.types';

type Target = Pick<ExportTarget, 'classId' | 'groupPath' | 'tenantId'>;
type MayExport = (access: Access, target: Target) => boolean;

const roleIn = (access: Access, { classId }: Target) =>
  classId === null ? undefined : readingRoleIn(access, classId);
const manages = (access: Access, { groupPath }: Target): boolean => isWithinAny(groupPath, access.adminPaths);
const isTeacher = (access: Access, target: Target): boolean => roleIn(access, target) === 'teacher';

/** Those who may open each student's work there: not operators, whatever they are. */
const readsWork: MayExport = (access, target) =>
  isTeacher(access, target) || roleIn(access, target) === 'assistant' || manages(access, target);
const seesEverybody: MayExport = (access, target) =>
  access.isPlatformAdmin ||
  isTeacher(access, target) ||
  roleIn(access, target) === 'assistant' ||
  isWithinAny(target.groupPath, access.viewPaths);
const seesCosts: MayExport = (access, target) => access.isPlatformAdmin || manages(access, target);
/** As for reading the trail: it knows no smaller parts than a tenant. */
const readsTrail: MayExport = (access, target) =>
  target.classId === null &&
  !target.groupPath.includes('.') &&
  (access.isPlatformAdmin || (manages(access, target) && access.tenantId === target.tenantId));

/** Who may export what: nobody gets in a file what they could not see one by one. */
export const MAY_EXPORT: Readonly<Record<ExportKind, MayExport>> = {
  roster: seesEverybody,
  gradebook: readsWork,
  submissions: readsWork,
  messages: readsWork,
  usage: seesCosts,
  audit: readsTrail,
  class_report: readsWork,
  usage_report: seesCosts,
};

/** Grades that are not returned yet are for those who grade. */
export const seesDrafts = (access: Access, target: Target): boolean =>
  isTeacher(access, target) || manages(access, target);

/** Lets pass callers whose credential is good for everything that is read for this kind. @throws ForbiddenError */
export function assertMayRead(principal: Principal, kind: ExportKind): void {
  for (const action of KINDS[kind].reads) assertInScope(principal, action);
}

/** The kinds that the caller's credential is good for. */
export const readableKinds = (principal: Principal): ExportKind[] =>
  EXPORT_KINDS.filter((kind) => KINDS[kind].reads.every((action) => isInScope(principal, action)));

/** An export is the business of the one who asked for it; whether they may still have it is asked anew each time. */
export const exportRules: DefineRules = (access, allow) => {
  const mayHave = ({ kind, withDrafts, ...target }: Target & { kind: string; withDrafts: boolean }) =>
    MAY_EXPORT[kind as ExportKind](access, target) && (!withDrafts || seesDrafts(access, target));

  allow('export.list', 'Account', (account) => account.userId === access.userId);
  allow('export.create', 'ExportTarget', mayHave);
  allow(['export.read', 'export.delete'], 'Export', ({ requestedBy }) => requestedBy === access.userId);
  allow(
    'export.download',
    'Export',
    ({ requestedBy, ...target }) => requestedBy === access.userId && mayHave(target),
  );
};
