import { buildAbility, subject } from '../../authz/ability';
import { type AccessFacts, type ClassRole, type GroupRole, resolveAccess } from '../../authz/access';
import { sessionRules } from './sessions.policy';

const SCHOOL = 'district_1.school_1';
const FACTS: AccessFacts = {
  userId: 'me',
  tenantId: 't',
  isPlatformAdmin: false,
  groups: [],
  classes: [],
  observedStudentIds: ['student'],
};

const inGroup = (role: GroupRole, path = SCHOOL): Partial<AccessFacts> => ({
  groups: [{ groupId: 'g', path, role }],
});
const inClass = (role: ClassRole, classId = 'class'): Partial<AccessFacts> => ({
  classes: [{ classId, groupPath: SCHOOL, role }],
});

function may(facts: Partial<AccessFacts>, session: { userId: string; classId: string | null }) {
  const ability = buildAbility(resolveAccess({ ...FACTS, ...facts }), [sessionRules]);
  const object = subject('Session', {
    id: 's',
    groupPath: session.classId === null ? null : SCHOOL,
    ...session,
  });
  return (['session.read', 'session.write', 'session.stop'] as const)
    .filter((action) => ability.can(action, object as never))
    .map((action) => action.slice(8));
}

describe('who may do what with a chat', () => {
  it.each<[string, Partial<AccessFacts>, string[]]>([
    ['a teacher of its class', inClass('teacher'), ['read', 'stop']],
    ['an assistant of its class', inClass('assistant'), ['read']],
    ['another student', inClass('student'), []],
    ['an observer of the student', inClass('observer'), []],
    ['a teacher of another class', inClass('teacher', 'other'), []],
    ['an admin of its school', inGroup('admin'), ['read']],
    ['an admin of its district', inGroup('admin', 'district_1'), ['read']],
    ['an admin of a school whose path begins alike', inGroup('admin', 'district_1.school_10'), []],
    ['a teacher of its school', inGroup('teacher'), []],
    ['staff of its school', inGroup('staff'), []],
    ['a platform admin', { isPlatformAdmin: true }, []],
  ])('of another person: %s', (_who, facts, expected) => {
    expect(may(facts, { userId: 'student', classId: 'class' })).toEqual(expected);
  });

  it.each<[string, Partial<AccessFacts>, string | null, string[]]>([
    ['in their class', inClass('student'), 'class', ['read', 'write']],
    ['after they left the class', {}, 'class', ['read']],
    ['without a class, while they work with tools', inGroup('teacher'), null, ['read', 'write']],
    ['without a class, once they no longer do', inGroup('student'), null, ['read']],
  ])('of their own: %s', (_where, facts, classId, expected) => {
    expect(may(facts, { userId: 'me', classId })).toEqual(expected);
  });

  it('of another person, without a class: nobody', () => {
    for (const facts of [inGroup('admin', 'district_1'), inClass('teacher'), { isPlatformAdmin: true }]) {
      expect(may(facts, { userId: 'other', classId: null })).toEqual([]);
    }
  });
});
