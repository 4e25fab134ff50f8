import { type Access, resolveAccess } from '../../authz/access';
import { SCOPES } from '../../authz/actions';
import { scopesBeyond } from './auth.policy';

const person = (facts: Partial<Parameters<typeof resolveAccess>[0]>): Access =>
  resolveAccess({
    userId: 'u',
    tenantId: 't',
    isPlatformAdmin: false,
    groups: [],
    classes: [],
    observedStudentIds: [],
    ...facts,
  });

const FOR_TEACHERS = ['assignments:write', 'grading:write', 'tools:write'];
const FOR_ADMINS = ['ai:write', 'groups:write', 'users:write'];

describe('the scopes of a token', () => {
  it('are all within reach of admins', () => {
    expect(scopesBeyond(person({ isPlatformAdmin: true }), SCOPES)).toEqual([]);
    expect(scopesBeyond(person({ groups: [{ groupId: 'g', path: 'a', role: 'admin' }] }), SCOPES)).toEqual(
      [],
    );
  });

  it.each([
    person({ groups: [{ groupId: 'g', path: 'a', role: 'teacher' }] }),
    person({ classes: [{ classId: 'c', groupPath: 'a', role: 'teacher' }] }),
    person({ classes: [{ classId: 'c', groupPath: 'a', role: 'assistant' }] }),
  ])('end for teachers and assistants at administration', (access) => {
    expect(scopesBeyond(access, SCOPES).sort()).toEqual(FOR_ADMINS);
  });

  it('end for students and staff at teaching', () => {
    const student = person({ classes: [{ classId: 'c', groupPath: 'a', role: 'student' }] });
    const staff = person({ groups: [{ groupId: 'g', path: 'a', role: 'staff' }] });
    for (const access of [student, staff, person({})]) {
      expect(scopesBeyond(access, SCOPES).sort()).toEqual([...FOR_ADMINS, ...FOR_TEACHERS].sort());
    }
  });
});
