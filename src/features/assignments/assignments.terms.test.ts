import type { Terms } from './assignments.terms';
import {
  areInOrder,
  datesInForce,
  reasonNotToRead,
  reasonNotToStart,
  reasonNotToWork,
} from './assignments.terms';

const now = new Date('2027-03-01T12:00:00.000Z');
const later = (milliseconds: number) => new Date(now.getTime() + milliseconds);
const never = { opensAt: null, dueAt: null, closesAt: null };
const open: Terms = {
  ...{ ...never, state: 'published', latePolicy: 'accept' },
  ...{ maxAttempts: null, excused: false, attempts: 0, openAttempt: null },
};

describe('what keeps a student from working', () => {
  it.each([
    ['nothing', {}, null],
    ['a draft', { state: 'draft' }, 'assignment.not_published'],
    ['a closed assignment', { state: 'closed' }, 'assignment.closed'],
    ['an opening to come', { opensAt: later(1) }, 'assignment.not_open'],
    ['nothing, from the opening on', { opensAt: now }, null],
    ['the closing, from its moment on', { closesAt: now }, 'assignment.closed'],
    ['nothing, just before the closing', { closesAt: later(1) }, null],
    ['nothing, late but accepted', { dueAt: later(-1) }, null],
    ['a due date that is over for good', { dueAt: later(-1), latePolicy: 'refuse' }, 'submission.too_late'],
    ['nothing, at the very due date', { dueAt: now, latePolicy: 'refuse' }, null],
  ] as const)('is %s', (_name, change, reason) => {
    expect(reasonNotToWork({ ...open, ...change }, now)).toBe(reason);
    expect(reasonNotToStart({ ...open, ...change }, now)).toBe(reason);
  });
});

describe('what keeps a student from beginning an attempt', () => {
  it.each([
    ['being excused', { excused: true }, 'submission.excused'],
    ['having used all attempts', { maxAttempts: 2, attempts: 2 }, 'submission.no_attempts_left'],
    ['nothing while attempts are left', { maxAttempts: 2, attempts: 1 }, null],
    ['nothing while the last one is in progress', { maxAttempts: 1, attempts: 1, openAttempt: 'id' }, null],
  ])('is %s', (_name, change, reason) => {
    expect(reasonNotToStart({ ...open, ...change }, now)).toBe(reason);
  });
});

describe('what keeps a student from reading more than title and dates', () => {
  it.each([
    ['a draft', { state: 'draft' }, 'assignment.not_published'],
    ['an opening to come', { opensAt: later(1) }, 'assignment.not_open'],
    ['nothing, from the opening on', { opensAt: now }, null],
    ['nothing once it is closed', { state: 'closed', closesAt: later(-1) }, null],
    [
      'an opening to come, also once it is closed',
      { state: 'closed', opensAt: later(1) },
      'assignment.not_open',
    ],
  ] as const)('is %s', (_name, change, reason) => {
    expect(reasonNotToRead({ ...open, ...change }, now)).toBe(reason);
  });
});

describe('the dates of an assignment', () => {
  it('hold for a student unless their override says otherwise', () => {
    const assignment = { opensAt: later(1), dueAt: later(2), closesAt: null };
    expect(datesInForce(assignment, never)).toEqual(assignment);
    expect(datesInForce(assignment, { ...never, dueAt: later(5), closesAt: later(6) })).toEqual({
      opensAt: later(1),
      dueAt: later(5),
      closesAt: later(6),
    });
  });

  it.each([
    [never, true],
    [{ opensAt: later(1), dueAt: later(2), closesAt: later(3) }, true],
    [{ opensAt: later(1), dueAt: later(1), closesAt: later(2) }, true],
    [{ opensAt: later(1), dueAt: later(2), closesAt: later(2) }, true],
    [{ opensAt: null, dueAt: later(3), closesAt: later(2) }, false],
    [{ opensAt: later(3), dueAt: later(2), closesAt: null }, false],
    [{ opensAt: later(3), dueAt: null, closesAt: later(2) }, false],
    [{ opensAt: later(2), dueAt: null, closesAt: later(2) }, false],
  ])('stand in order or not: %j', (dates, inOrder) => {
    expect(areInOrder(dates)).toBe(inOrder);
  });
});
