import type { DemoAssignment } from '../demo.types';
import { CODING } from './coding';
import { ENGLISH } from './english';
import { HISTORY } from './history';
import { HIGH_MATH } from './math-high';
import { MIDDLE_MATH } from './math-middle';
import { SCIENCE } from './science';
import { SPANISH } from './spanish';

export const ASSIGNMENTS: readonly DemoAssignment[] = [
  ...MIDDLE_MATH,
  ...HIGH_MATH,
  ...SCIENCE,
  ...ENGLISH,
  ...HISTORY,
  ...SPANISH,
  ...CODING,
];

export { TEACHER_RUNS } from './teachers';
