import { DRILLS } from './testing/drills';
import { outboxDrill } from './testing/outbox-drill';

/** A few crashes here; `npm run drill` does many, for minutes. */
const CRASHES = 30;

describe('the drills', () => {
  it(`start jobs once if their relay dies (${CRASHES} deaths here)`, async () => {
    const report = await outboxDrill(CRASHES);
    expect(report).toMatchObject({ crashes: CRASHES, workflows: CRASHES, rowsLeft: 0 });
    expect([report.rowsWithoutWorkflow, report.rowsWithSeveral]).toEqual([0, 0]);
    for (const deaths of Object.values(report.at)) expect(deaths).toBeGreaterThan(0);
  });

  it('say what they do', () => {
    for (const { what, rounds } of Object.values(DRILLS))
      expect([what.length > 20, rounds >= 10]).toEqual([true, true]);
  });
});
