import { metrics } from '@opentelemetry/api';
import { findTelemetrySettings, type TelemetrySettings } from '../config/config';
import { readExposition } from '../testing/exposition';
import { startSdk } from './sdk';
import type { Telemetry } from './telemetry';

const ENDPOINT = 'OTEL_EXPORTER_OTLP_ENDPOINT';

describe('the SDK', () => {
  it.each([
    ['api', {}, null],
    ['api', { WORKER_HEALTH_PORT: '1' }, null],
    ['api', { METRICS_PORT: '1' }, { isTraced: false, isScraped: true, sendsMetrics: false }],
    ['worker', { METRICS_PORT: '1' }, null],
    ['worker', { WORKER_HEALTH_PORT: '1' }, { isTraced: false, isScraped: true, sendsMetrics: false }],
    ['api', { [ENDPOINT]: 'http://c:4318' }, { isTraced: true, isScraped: false, sendsMetrics: true }],
    [
      'api',
      { [ENDPOINT]: 'http://c:4318', OTEL_METRICS_EXPORTER: 'none' },
      { isTraced: true, isScraped: false, sendsMetrics: false },
    ],
  ] as const)('of the %s starts if the settings %j ask for it', (service, env, wanted) => {
    const found = findTelemetrySettings(service, env);
    if (wanted === null) expect(found).toBeNull();
    else expect(found).toMatchObject(wanted);
  });
});

describe('numbers', () => {
  let telemetry: Telemetry;
  // Loaded after the SDK has started, like every module with an instrument.
  let ai: typeof import('../features/ai/gateway/ai.metrics');
  let platform: typeof import('../platform/measures');

  beforeAll(() => {
    telemetry = startSdk(findTelemetrySettings('api', { METRICS_PORT: '0' }) as TelemetrySettings, 'api');
    ai = require('../features/ai/gateway/ai.metrics');
    platform = require('../platform/measures');
  });
  afterAll(() => telemetry.stop());

  const family = async (name: string) => readExposition(await telemetry.scrape()).get(name);

  it('stay as few as they are, however many models people name', async () => {
    const used = { inputTokens: 1, outputTokens: 0, costMicros: 0, latencyMs: 0 };
    for (let i = 0; i < 1_000; i += 1)
      ai.measureCall({ provider: 'p', model: `model-${i}`, outcome: 'succeeded', used });
    const input = [...((await family('ai_tokens_total'))?.samples ?? [])].filter(([series]) =>
      series.includes('direction="input"'),
    );
    expect(input).toHaveLength(101);
    expect(input.find(([series]) => series.includes('model="other"'))?.[1]).toBe(900);
  });

  it('are left out while they cannot be read', async () => {
    let state: 'there' | 'away' | 'empty' = 'there';
    const gauge = metrics.getMeter('test').createObservableGauge('away');
    gauge.addCallback(async (result) => {
      if (state === 'away') throw new Error('no database');
      if (state === 'there') result.observe(3);
    });
    expect((await family('away'))?.samples.get('away')).toBe(3);
    state = 'away';
    expect(await family('away')).toBeUndefined();
    state = 'there';
    expect((await family('away'))?.samples.get('away')).toBe(3);
    state = 'empty';
    expect(await family('away')).toBeUndefined();
  });

  it('of several pools are separate', async () => {
    platform.measurePool('one', 10, { totalCount: 3, idleCount: 1, waitingCount: 1 });
    platform.measurePool('two', 10, { totalCount: 3, idleCount: 1, waitingCount: 2 });
    expect([...((await family('rapt_db_pool_waiting'))?.samples ?? [])]).toEqual([
      ['rapt_db_pool_waiting{pool="one"}', 1],
      ['rapt_db_pool_waiting{pool="two"}', 2],
    ]);
  });
});
