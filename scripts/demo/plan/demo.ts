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

/** Everything that will happen, before anything has. */
export interface DemoPlan {
  rosters: Rosters;
  /** The students whom one can log in as. */
  students: readonly DemoStudent[];
  guardians: readonly PlannedGuardian[];
  /** By the time at which they open. */
  assignments: readonly DemoAssignment[];
  /** By the time of the hand-in, or of the beginning where there is none yet. */
  works: readonly PlannedWork[];
  /** Those with a grade, by its time. */
  graded: readonly PlannedWork[];
}

/** Decides the whole district: the same seed and day give the same one. */
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
