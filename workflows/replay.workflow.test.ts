import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type ReplayResult, Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { createDataConverter } from '../src/platform/temporal/data-converter';
import { RecordingLogger } from '../src/testing/recording-logger';
import { installTemporalRuntime } from './runtime/temporal-runtime';
import { bundle, testWorkflowBundle } from './testing/bundle';
import { historiesFolder, type RecordedHistory, readHistories } from './testing/history-file';

/** A job is a folder with a workflow in it. */
const JOBS = readdirSync(__dirname).filter((name) => existsSync(join(__dirname, name, 'workflow.ts')));
const HISTORIES = JOBS.filter((job) => existsSync(historiesFolder(job))).flatMap(readHistories);

// With keys, as in production; the histories themselves were recorded without a key.
const dataConverter = createDataConverter({ TEMPORAL_CODEC_KEYS: [] });

const logger = new RecordingLogger();
beforeAll(() => installTemporalRuntime(logger));

async function replay(
  workflowBundle: WorkflowBundleOption,
  histories: readonly RecordedHistory[],
): Promise<ReplayResult[]> {
  const results: ReplayResult[] = [];
  const named = histories.map(({ job, name, history }) => ({ workflowId: `${job}/${name}`, history }));
  for await (const result of Worker.runReplayHistories({ workflowBundle, dataConverter }, named))
    results.push(result);
  return results;
}

describe('recorded histories', () => {
  it.each(JOBS)('exist for %s: one that went well, one that failed, one that was cancelled', (job) => {
    const endings = readHistories(job).map(({ history }) =>
      JSON.stringify(history.events?.at(-1)?.eventType),
    );
    expect(new Set(endings).size).toBeGreaterThanOrEqual(3);
    expect(endings.length).toBeGreaterThanOrEqual(3);
  });

  it('are replayed by the current workflows', async () => {
    const results = await replay(await testWorkflowBundle({ isPatient: true }), HISTORIES);
    expect(results.map(({ workflowId }) => workflowId)).toEqual(
      HISTORIES.map(({ job, name }) => `${job}/${name}`),
    );
    expect(results.filter(({ error }) => error !== undefined)).toEqual([]);
  });

  it('are not replayed by workflows that a careless edit has changed, which operations would see', async () => {
    logger.lines.splice(0);
    const edited = { code: await bundle(join(__dirname, 'testing', 'edited-workflows.ts')) };
    const results = await replay(edited, HISTORIES);
    expect(results).toHaveLength(HISTORIES.length);
    for (const { workflowId, error } of results) {
      expect({ workflowId, caught: error instanceof DeterminismViolationError }).toEqual({
        workflowId,
        caught: true,
      });
    }
    const warnings = logger.lines.filter((line) => line.level === 'warn');
    expect(warnings).not.toHaveLength(0);
    expect(warnings[0]?.fields.reason).toContain('Nondeterminism error');
  });
});
