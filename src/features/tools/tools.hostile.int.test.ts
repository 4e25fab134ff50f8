import { attackWithDefinitions } from '../../testing/hostile-requests';

/** A few requests here; `npm run drill -- hostile` sends 10,000. */
const REQUESTS = 600;

describe('definitions made to cost time and memory', () => {
  it('are refused for people who may not write tools, without harm to others or to the process', async () => {
    const report = await attackWithDefinitions(REQUESTS);
    // The process has survived all of it, and refused each one.
    expect(report.answers).toEqual({ 403: REQUESTS });
    expect(report.reads).toBeGreaterThan(0);
    expect(report.failedReads).toBe(0);
    // The first twenty alone would need more if they were compiled.
    expect(report.growthMb).toBeLessThan(50);
  });
});
