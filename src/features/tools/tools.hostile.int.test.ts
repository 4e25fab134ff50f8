import { attackWithDefinitions } from '../../testing/hostile-requests';

/** A few here; `npm run drill -- hostile` sends 10,000. */
const REQUESTS = 600;

describe('definitions made to cost time and memory', () => {
  it('are refused to those who may not write tools, without harm to anybody else or to the process', async () => {
    const report = await attackWithDefinitions(REQUESTS);
    // The process has lived through all of it, and said no each time.
    expect(report.answers).toEqual({ 403: REQUESTS });
    expect(report.reads).toBeGreaterThan(0);
    expect(report.failedReads).toBe(0);
    // Compiled, the first twenty of them alone are more.
    expect(report.growthMb).toBeLessThan(50);
  });
});
