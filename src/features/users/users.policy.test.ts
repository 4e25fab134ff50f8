import { buildAbility, type Subjects, subject } from '../../authz/ability';
import { type AccessFacts, isTenantAdmin, resolveAccess } from '../../authz/access';
import type { Action } from '../../authz/actions';
import { usersRules } from './users.policy';

type User = Subjects['User'];

const ACTIONS = [
  'user.read',
  'user.read_account',
  'user.update',
  'user.change_email',
  'user.reset_password',
  'user.deactivate',
  'user.read_guardians',
  'user.manage_guardians',
] as const satisfies readonly Action[];
const NOTHING: string[] = [];
const READ = ['user.read'];
const SELF = ['user.read', 'user.read_account', 'user.update'];
const ALL = [...ACTIONS];

const person = (facts: Partial<AccessFacts>) =>
  resolveAccess({
    userId: 'caller',
    tenantId: 'district',
    isPlatformAdmin: false,
    groups: [],
    classes: [],
    observedStudentIds: [],
    ...facts,
  });
const inGroup = (path: string, role: AccessFacts['groups'][number]['role']) =>
  person({ groups: [{ groupId: path, path, role }] });
const inClass = (classId: string, role: AccessFacts['classes'][number]['role']) =>
  person({ classes: [{ classId, groupPath: 'district.school', role }] });

const pupil = (change: Partial<User> = {}): User => ({
  id: 'pupil',
  tenantId: 'district',
  isPlatformAdmin: false,
  groupPaths: ['district.school.science'],
  classIds: ['physics'],
  pupilOfClassIds: [],
  ...change,
});

function allowed(access: ReturnType<typeof person>, user: User): string[] {
  const ability = buildAbility(access, [usersRules]);
  return ACTIONS.filter((action) => ability.can(action, subject('User', user) as never));
}

describe('what a user may do to a person', () => {
  it.each([
    ['themselves', person({ userId: 'pupil' }), SELF],
    ['a platform admin', person({ isPlatformAdmin: true, tenantId: null }), ALL],
    ['an admin of the district', inGroup('district', 'admin'), ALL],
    ['an admin of their school', inGroup('district.school', 'admin'), ALL],
    ['an admin of another school', inGroup('district.other', 'admin'), NOTHING],
    ['an admin of a school with a similar name', inGroup('district.sch', 'admin'), NOTHING],
    ['an admin of a part they are not in', inGroup('district.school.science.lab', 'admin'), NOTHING],
    ['a teacher of their school', inGroup('district.school', 'teacher'), NOTHING],
    ['staff of their school', inGroup('district.school', 'staff'), NOTHING],
    ['the teacher of their class', inClass('physics', 'teacher'), READ],
    ['the assistant of their class', inClass('physics', 'assistant'), READ],
    ['a fellow student', inClass('physics', 'student'), NOTHING],
    ['an observer in their class', inClass('physics', 'observer'), NOTHING],
    ['the teacher of another class', inClass('history', 'teacher'), NOTHING],
    ['a stranger', person({ tenantId: 'elsewhere' }), NOTHING],
  ])('as %s', (_who, access, actions) => {
    expect(allowed(access, pupil())).toEqual(actions);
  });

  it('lets an admin of one of several places look, but not manage', () => {
    const shared = pupil({ groupPaths: ['district.school.science', 'district.other'] });
    expect(allowed(inGroup('district.school', 'admin'), shared)).toEqual(READ);
    expect(allowed(inGroup('district', 'admin'), shared)).toEqual(ALL);
  });

  it('gives a new password to a mere pupil without e-mail as their teacher or assistant, and to nobody else', () => {
    const mere = pupil({ pupilOfClassIds: ['physics'] });
    for (const role of ['teacher', 'assistant'] as const)
      expect(allowed(inClass('physics', role), mere)).toEqual(['user.read', 'user.reset_password']);
    for (const role of ['student', 'observer'] as const)
      expect(allowed(inClass('physics', role), mere)).toEqual(NOTHING);
    expect(allowed(inClass('history', 'teacher'), mere)).toEqual(NOTHING);
    expect(allowed(inGroup('district.school', 'teacher'), mere)).toEqual(NOTHING);
  });

  it('lets only another platform admin manage a platform admin', () => {
    const root = pupil({ isPlatformAdmin: true });
    expect(allowed(inGroup('district', 'admin'), root)).toEqual(READ);
    expect(allowed(person({ isPlatformAdmin: true }), root)).toEqual(ALL);
  });

  it('gives a person without a group to the admins of the tenant, and to nobody without a tenant', () => {
    const loose = pupil({ groupPaths: [], classIds: [] });
    expect(allowed(inGroup('district', 'admin'), loose)).toEqual(ALL);
    expect(allowed(inGroup('district.school', 'admin'), loose)).toEqual(NOTHING);
    expect(allowed(inGroup('district', 'admin'), pupil({ tenantId: null, groupPaths: [] }))).toEqual(NOTHING);
    expect(allowed(inGroup('district', 'admin'), pupil({ tenantId: 'elsewhere', groupPaths: [] }))).toEqual(
      NOTHING,
    );
  });

  it('lets only the admin of a root group administer their own tenant', () => {
    expect(isTenantAdmin(inGroup('district', 'admin'), 'district')).toBe(true);
    expect(isTenantAdmin(inGroup('district', 'teacher'), 'district')).toBe(false);
    expect(isTenantAdmin(inGroup('district.school', 'admin'), 'district')).toBe(false);
    expect(isTenantAdmin(inGroup('district', 'admin'), 'elsewhere')).toBe(false);
    expect(
      isTenantAdmin(
        person({ tenantId: null, groups: [{ groupId: 'g', path: 'district', role: 'admin' }] }),
        null,
      ),
    ).toBe(false);
  });
});
