import { setTimeout as sleep } from 'node:timers/promises';
import { loadTemporalSettings } from '../src/config/config';
import { TemporalClient } from '../src/platform/temporal/temporal-client';
import { RecordingLogger } from '../src/testing/recording-logger';
import { createTestNamespace, type TestNamespace } from '../src/testing/temporal';
import { applySchedules } from '../workflows/apply-schedules';
import { SCHEDULES } from '../workflows/schedules';
import { runJobCommand } from './job.commands';

let namespace: TestNamespace;
let temporal: TemporalClient;

beforeAll(async () => {
  namespace = await createTestNamespace();
  temporal = new TemporalClient(loadTemporalSettings(namespace.env), new RecordingLogger());
  await temporal.registerSearchAttributes();
});
afterAll(async () => {
  await temporal.close();
  await namespace.close();
});

async function job(...argv: string[]): Promise<{ code: number; text: string }> {
  let text = '';
  const code = await runJobCommand(argv, temporal, (part) => {
    text += part;
  });
  return { code, text };
}

const json = async (...argv: string[]) => JSON.parse((await job(...argv, '--json')).text);

async function until<T>(look: () => Promise<T>, isThere: (value: T) => boolean): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    const value = await look();
    if (isThere(value)) return value;
    if (tries > 400) throw new Error(`did not come: ${JSON.stringify(value)}`);
    await sleep(50);
  }
}

describe('npm run job', () => {
  it('explains its words when it is called wrongly', async () => {
    for (const argv of [
      [],
      ['nothing', 'status'],
      ['seal-audit'],
      ['seal-audit', 'burn'],
      ['seal-audit', 'list', 'x'],
    ]) {
      const { code, text } = await job(...argv);
      expect([argv, code, text.includes('run-now|status|cancel|list')]).toEqual([argv, 2, true]);
    }
  });

  it('cannot run a schedule that no worker has made yet', async () => {
    expect(await job('seal-audit', 'run-now')).toEqual({
      code: 1,
      text: 'Temporal has no schedule seal-audit. Start a worker first.\n',
    });
  });

  it('lists every schedule and every kind', async () => {
    await applySchedules(temporal, SCHEDULES, new RecordingLogger());
    const listed = await until(
      () => json('list'),
      ({ schedules }) => schedules.length === SCHEDULES.length,
    );
    expect(listed.kinds).toContainEqual({ kind: 'runTool', running: 0, failed: 0 });
    const { code, text } = await job('list');
    expect([code, text.includes('seal-audit (sealAudit)'), text.includes('runTool: 0 running')]).toEqual([
      0,
      true,
      true,
    ]);
  });

  it('runs a schedule now, by either name, shows it and has it end', async () => {
    expect(await job('seal-audit', 'run-now')).toEqual({ code: 0, text: 'seal-audit was started\n' });
    const { running, schedule } = await until(
      () => json('sealAudit', 'status'),
      (found) => found.running.length === 1,
    );
    expect(schedule).toMatchObject({ id: 'seal-audit', kind: 'sealAudit', counts: { started: 1 } });
    // While this run is open, the next one is skipped.
    await job('sealAudit', 'run-now');
    await until(
      () => json('seal-audit', 'status'),
      (found) => found.schedule.counts.skippedOverlap === 1,
    );
    const [{ workflowId }] = running;
    expect((await job('seal-audit', 'list')).text).toContain(workflowId);
    expect(await json('seal-audit', 'cancel')).toEqual({ cancelled: [workflowId] });
    const history = await namespace.client.workflow.getHandle(workflowId).fetchHistory();
    expect(JSON.stringify(history)).toContain('CANCEL_REQUESTED');
  });

  it('does not start what people ask for', async () => {
    const { code, text } = await job('runTool', 'run-now');
    expect([code, text]).toEqual([2, 'runTool has no schedule. It starts when a user asks for the work.\n']);
  });

  it('ends with 3 while Temporal is away', async () => {
    const settings = loadTemporalSettings({ TEMPORAL_ADDRESS: '127.0.0.1:1' });
    const away = new TemporalClient(settings, new RecordingLogger(), { callMs: 1_000, attempts: 1 });
    const written: string[] = [];
    expect(await runJobCommand(['list'], away, (text) => void written.push(text))).toBe(3);
    expect(written.join('')).toContain('temporal');
    await away.close();
  });
});
