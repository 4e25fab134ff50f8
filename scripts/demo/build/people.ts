import { GUARDIANS, PLATFORM_ADMIN, STAFF } from '../data';
import { DEMO_PASSWORD } from '../password';
import { STUDENTS } from '../people.students';
import type { GroupIds } from './groups';
import { known, OPERATOR, type Stage } from './stage';

/** Creates all accounts, with one password for all of them. */
export async function buildAccounts(stage: Stage): Promise<void> {
  const { accounts } = stage.container.auth;
  stage.enter(
    OPERATOR,
    await accounts.create({ ...PLATFORM_ADMIN, password: DEMO_PASSWORD, isPlatformAdmin: true }),
  );
  const people = [
    ...STAFF.map(({ key, name, email }) => ({ key, name, email })),
    ...GUARDIANS.map(({ key, name, email }) => ({ key, name, email })),
    ...STUDENTS.map(({ name, email }) => ({ key: email, name, email })),
  ];
  const ids = await accounts.createAll(people, DEMO_PASSWORD);
  for (const [index, { key }] of people.entries()) stage.enter(key, ids[index] ?? '');
}

/** Gives everybody their roles: the operator adds the superintendent, who adds all others. */
export async function buildMemberships(stage: Stage, groups: GroupIds): Promise<void> {
  const { members } = stage.container.groups;
  const add = (
    by: string,
    key: string,
    group: string,
    role: (typeof STAFF)[number]['roles'][number]['role'],
  ) =>
    stage.as(by, (principal) => members.add(principal, group, { person: { userId: stage.idOf(key) }, role }));
  await add(OPERATOR, 'superintendent', known(groups, 'district'), 'admin');
  for (const { key, roles } of STAFF.filter((each) => each.key !== 'superintendent')) {
    for (const { group, role } of roles) await add('superintendent', key, known(groups, group), role);
  }
  for (const { email, school } of STUDENTS)
    await add(principalOf(school), email, known(groups, school), 'student');
  for (const { key, school } of GUARDIANS)
    await add(principalOf(school), key, known(groups, school), 'guardian');
  stage.rolesChanged();
}

function principalOf(school: 'middle' | 'high'): string {
  return school === 'middle' ? 'principalMiddle' : 'principalHigh';
}
