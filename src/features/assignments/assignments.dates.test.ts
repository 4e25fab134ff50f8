import { areInOrder, attemptsInForce, datesInForce, isOpenAt } from './assignments.dates';

const at = (hour: number) => new Date(Date.UTC(2027, 0, 1, hour));
const never = { opensAt: null, dueAt: null, closesAt: null };
const override = { ...never, maxAttempts: null, excused: false };

describe('the dates of an assignment', () => {
  it('hold for a student unless their override says otherwise', () => {
    const assignment = { opensAt: at(1), dueAt: at(2), closesAt: null };
    expect(datesInForce(assignment, null)).toEqual(assignment);
    expect(datesInForce(assignment, override)).toEqual(assignment);
    expect(datesInForce(assignment, { ...override, dueAt: at(5), closesAt: at(6) })).toEqual({
      opensAt: at(1),
      dueAt: at(5),
      closesAt: at(6),
    });
  });

  it.each([
    [never, true],
    [{ opensAt: at(1), dueAt: at(2), closesAt: at(3) }, true],
    [{ opensAt: at(1), dueAt: at(1), closesAt: at(2) }, true],
    [{ opensAt: at(1), dueAt: at(2), closesAt: at(2) }, true],
    [{ opensAt: null, dueAt: at(3), closesAt: at(2) }, false],
    [{ opensAt: at(3), dueAt: at(2), closesAt: null }, false],
    [{ opensAt: at(3), dueAt: null, closesAt: at(2) }, false],
    [{ opensAt: at(2), dueAt: null, closesAt: at(2) }, false],
  ])('stand in order or not: %j', (dates, inOrder) => {
    expect(areInOrder(dates)).toBe(inOrder);
  });

  it.each([
    ['published', 0, false],
    ['published', 1, true],
    ['published', 2, true],
    ['published', 3, false],
    ['published', 4, false],
    ['draft', 2, false],
    ['closed', 2, false],
  ] as const)('open it, while %s, at %i o’clock: %s', (state, hour, isOpen) => {
    expect(isOpenAt(at(hour), state, { opensAt: at(1), dueAt: null, closesAt: at(3) })).toBe(isOpen);
  });

  it('leave it open without end where there are none', () => {
    expect(isOpenAt(at(5), 'published', never)).toBe(true);
  });
});

describe('the attempts of a student', () => {
  it('are those of the assignment unless their override says otherwise', () => {
    expect(attemptsInForce({ maxAttempts: 2 }, null)).toBe(2);
    expect(attemptsInForce({ maxAttempts: 2 }, { ...override, maxAttempts: 3 })).toBe(3);
    expect(attemptsInForce({ maxAttempts: null }, override)).toBeNull();
  });
});
