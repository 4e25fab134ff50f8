import { TIME_ZONES, timeZoneProblem } from './time-zones';

describe('the time zones that people can choose', () => {
  it('are all known to Node, which decides what their clocks show', () => {
    expect(TIME_ZONES.size).toBeGreaterThan(400);
    for (const timeZone of TIME_ZONES)
      expect(() => new Intl.DateTimeFormat('en', { timeZone })).not.toThrow();
  });

  it.each([
    ['Europe/Berlin', null],
    ['UTC', null],
    ['Asia/Kolkata', null],
    // The name that browsers use; stored as Asia/Kolkata.
    ['Asia/Calcutta', null],
    ['America/Argentina/Buenos_Aires', null],
    ['IST', 'use Asia/Kolkata'],
    ['EST', 'use America/Panama'],
    ['US/Eastern', 'use America/New_York'],
    ['Asia/Chongqing', 'use Asia/Shanghai'],
    ['europe/berlin', 'use Europe/Berlin'],
    ['GMT', 'use UTC'],
    ['Etc/GMT+5', 'is not an IANA time zone'],
    ['+02:00', 'is not an IANA time zone'],
    ['Mars/Olympus', 'is not an IANA time zone'],
  ])('accept canonical names and say what to use instead of others: %s', (name, problem) => {
    if (problem === null) expect(timeZoneProblem(name)).toBeNull();
    else expect(timeZoneProblem(name)).toContain(problem);
  });
});
