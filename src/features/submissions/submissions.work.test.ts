import { lateBySeconds, obstacleToWork } from './submissions.work';

const due = new Date('2027-03-01T12:00:00.000Z');
const later = (milliseconds: number) => new Date(due.getTime() + milliseconds);

describe('how late work is', () => {
  it.each([
    [-1, 0],
    [0, 0],
    [1, 1],
    [1000, 1],
    [1001, 2],
    [86_400_000, 86_400],
  ])('handed in %i ms after the due date: %i s', (milliseconds, seconds) => {
    expect(lateBySeconds(due, later(milliseconds))).toBe(seconds);
  });

  it('is not at all without a due date', () => {
    expect(lateBySeconds(null, due)).toBe(0);
  });
});

describe('what keeps a student from working', () => {
  const open = {
    state: 'published',
    latePolicy: 'accept',
    opensAt: null,
    dueAt: null,
    closesAt: null,
  } as const;
  it.each([
    ['nothing', {}, null],
    ['a draft', { state: 'draft' }, 'assignment.not_published'],
    ['a closed assignment', { state: 'closed' }, 'assignment.closed'],
    ['an opening to come', { opensAt: later(1) }, 'assignment.not_open'],
    ['nothing, from the opening on', { opensAt: due }, null],
    ['the closing, from its moment on', { closesAt: due }, 'assignment.closed'],
    ['nothing, just before the closing', { closesAt: later(1) }, null],
    ['nothing, late but accepted', { dueAt: later(-1) }, null],
    ['a due date that is over for good', { dueAt: later(-1), latePolicy: 'refuse' }, 'submission.too_late'],
    ['nothing, at the very due date', { dueAt: due, latePolicy: 'refuse' }, null],
  ] as const)('%s', (_name, change, obstacle) => {
    expect(obstacleToWork({ ...open, ...change }, due)).toBe(obstacle);
  });
});
