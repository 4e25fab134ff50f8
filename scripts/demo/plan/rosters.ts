import { CLASSES } from '../data';
import type { ClassKey, DemoStudent } from '../demo.schemas';
import { STUDENTS } from '../people.students';
import type { Random } from '../random';

export type Rosters = ReadonlyMap<ClassKey, readonly DemoStudent[]>;

/**
 * Puts students into classes, sorted by name. Students with the fewest classes come first, so that
 * everybody gets some.
 */
export function planRosters(random: Random): Rosters {
  const classesOf = new Map<DemoStudent, number>(STUDENTS.map((student) => [student, 0]));
  const count = (student: DemoStudent) => classesOf.get(student) ?? 0;
  return new Map(
    CLASSES.map(({ key, grades, size }) => {
      const candidates = random.shuffle(STUDENTS.filter(({ grade }) => grades.includes(grade)));
      const chosen = candidates
        .toSorted((one, other) => count(one) - count(other) || one.grade - other.grade)
        .slice(0, size);
      for (const student of chosen) classesOf.set(student, count(student) + 1);
      return [key, chosen.toSorted((one, other) => one.name.localeCompare(other.name, 'en'))];
    }),
  );
}

/** The first student who is in all of these classes. @throws RangeError if there is none */
export function studentInAll(rosters: Rosters, ...keys: ClassKey[]): DemoStudent {
  const [first, ...others] = keys.map((key) => rosters.get(key) ?? []);
  const student = first?.find((each) => others.every((roster) => roster.includes(each)));
  if (student === undefined) throw new RangeError(`No student is in all of ${keys.join(', ')}`);
  return student;
}
