import { lateBySeconds, reasonNotToSubmit } from './submissions.work';

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
  ])('submitted %i ms after the due date: %i s', (milliseconds, seconds) => {
    expect(lateBySeconds(due, later(milliseconds))).toBe(seconds);
  });

  it('is not at all without a due date', () => {
    expect(lateBySeconds(null, due)).toBe(0);
  });
});

describe('what keeps a student from submitting', () => {
  const terms = {
    state: 'published',
    opensAt: null,
    dueAt: null,
    closesAt: null,
    latePolicy: 'accept',
  } as const;
  const work = { state: 'in_progress', terms, hasContent: true } as const;
  it.each([
    ['nothing', {}, null],
    ['that it was handed in', { state: 'submitted', terms: null }, 'submission.not_in_progress'],
    ['that there is nothing in it', { hasContent: false }, 'submission.empty'],
    [
      'the closing, whatever is in it',
      { hasContent: false, terms: { ...terms, closesAt: due } },
      'assignment.closed',
    ],
  ] as const)('is %s', (_name, change, reason) => {
    expect(reasonNotToSubmit({ ...work, ...change }, due)).toBe(reason);
  });
});
