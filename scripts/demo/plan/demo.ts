import type { SchoolCalendar } from '../calendar';
import { ASSIGNMENTS } from '../data';
import type { DemoAssignment, DemoStudent } from '../demo.schemas';
import { Random } from '../random';
import { planRosters, type Rosters, studentInAll } from './rosters';
import { WorkPlan } from './work';
import type { PlannedWork } from './work.types';

const SEED = 7_265_002;

/** A guardian, and the student they look after. */
export interface PlannedGuardian {
  guardian: string;
  student: DemoStudent;
}

/** The plan of the whole district, before anything is stored. */
export interface DemoPlan {
  rosters: Rosters;
  /** The students with whose accounts you can sign in. */
  students: readonly DemoStudent[];
  guardians: readonly PlannedGuardian[];
  /** Sorted by the time at which they open. */
  assignments: readonly DemoAssignment[];
  /** Sorted by the time of submission, or by the start if they are not submitted. */
  works: readonly PlannedWork[];
  /** Work with a grade, sorted by the time of the grade. */
  graded: readonly PlannedWork[];
}

/** Plans the whole district. The same seed and day give the same plan. */
export function planDemo(calendar: SchoolCalendar): DemoPlan {
  const random = new Random(SEED);
  const rosters = planRosters(random);
  const sixth = studentInAll(rosters, 'math6', 'ela6');
  const tenth = studentInAll(rosters, 'biology9', 'english10');
  const eleventh = studentInAll(rosters, 'history11', 'coding11');
  const students = [sixth, tenth, eleventh];
  const plan = new WorkPlan(calendar, random, rosters, new Set(students));
  const works = ASSIGNMENTS.flatMap((assignment) => plan.of(assignment));
  const opening = (assignment: DemoAssignment) => calendar.date(assignment.opensAt);
  return {
    rosters,
    students,
    guardians: [
      { guardian: 'guardianMiddle', student: sixth },
      { guardian: 'guardianHigh', student: tenth },
    ],
    assignments: ASSIGNMENTS.toSorted(by(opening)),
    works: works.toSorted(by((work) => work.submittedAt ?? work.startedAt)),
    graded: works
      .filter((work) => work.grade !== null)
      .toSorted(by((work) => work.grade?.at ?? work.startedAt)),
  };
}

function by<T>(time: (item: T) => Date): (one: T, other: T) => number {
  return (one, other) => time(one).getTime() - time(other).getTime();
}
