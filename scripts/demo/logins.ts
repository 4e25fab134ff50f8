import { writeFileSync } from 'node:fs';
import type { SchoolCalendar } from './calendar';
import { GUARDIANS, PLATFORM_ADMIN, STAFF } from './data';
import { DEMO_PASSWORD } from './password';
import { planDemo } from './plan/demo';

/** An account to try the system with. */
export interface DemoLogin {
  email: string;
  password: string;
  /** The role in words: `student, grade 6`. */
  role: string;
  name: string;
}

/** The staff accounts to show; all others in the district have the same password. */
const OFFERED = ['superintendent', 'principalMiddle', 'okafor', 'raman', 'assistant'];

/** One log-in for each kind of user. */
export function demoLogins(calendar: SchoolCalendar): DemoLogin[] {
  const { students, guardians } = planDemo(calendar);
  const child = guardians[0]?.student.name ?? '';
  const people = [
    { ...PLATFORM_ADMIN, role: 'platform admin' },
    ...STAFF.filter(({ key }) => OFFERED.includes(key)).map(({ name, email, title }) => ({
      name,
      email,
      role: title,
    })),
    ...students.map(({ name, email, grade }) => ({ name, email, role: `student, grade ${grade}` })),
    ...GUARDIANS.slice(0, 1).map(({ name, email }) => ({ name, email, role: `guardian of ${child}` })),
  ];
  return people.map(({ name, email, role }) => ({ email, password: DEMO_PASSWORD, role, name }));
}

/** Stores the log-ins where the launcher looks for them, readable by their owner only. */
export function writeLogins(file: string, logins: readonly DemoLogin[]): void {
  writeFileSync(file, `${JSON.stringify(logins, null, 2)}\n`, { mode: 0o600 });
}
