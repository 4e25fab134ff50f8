import { DataPointType } from '@opentelemetry/sdk-metrics';
import { Metrics } from './metrics';
import { METRICS } from './metrics.table';
import { toMetricData } from './metrics-push';

type Family = Parameters<typeof toMetricData>[0];

const familyOf = async (metrics: Metrics, name: string): Promise<Family> =>
  (await metrics.registry.getMetricsAsJSON()).find((each) => each.name === name) as unknown as Family;

describe('numbers', () => {
  it('are not counted where nobody wants them', async () => {
    const metrics = new Metrics(null);
    metrics.count('ai_tokens_total', { model: 'm', direction: 'input' }, 5);
    metrics.gauge('active_sessions', () => {
      throw new Error('asked for nothing');
    });
    expect(await metrics.registry.metrics()).toBe('\n');
  });

  it('stay as few as they are, however many models people name', async () => {
    const metrics = new Metrics('api');
    for (let i = 0; i < 1_000; i += 1)
      metrics.count('ai_tokens_total', { model: `model-${i}`, direction: 'input' });
    const { values } = await familyOf(metrics, 'ai_tokens_total');
    expect(values).toHaveLength(101);
    expect(values.find(({ labels }) => labels.model === 'other')?.value).toBe(900);
  });

  it('are left out while they cannot be read', async () => {
    const metrics = new Metrics('worker');
    let isAway = false;
    metrics.gauge('rapt_outbox_pending', async () => {
      if (isAway) throw new Error('no database');
      return [{ labels: {}, value: 3 }];
    });
    expect(await metrics.registry.metrics()).toMatch(/^rapt_outbox_pending 3$/m);
    isAway = true;
    expect(await metrics.registry.metrics()).not.toMatch(/^rapt_outbox_pending \d/m);
  });

  it('of several pools stand side by side', async () => {
    const metrics = new Metrics('api');
    for (const [pool, value] of [
      ['one', 1],
      ['two', 2],
    ] as const)
      metrics.gauge('rapt_db_pool_waiting', () => [{ labels: { pool }, value }]);
    const { values } = await familyOf(metrics, 'rapt_db_pool_waiting');
    expect(values.map(({ labels, value }) => [labels.pool, value])).toEqual([
      ['one', 1],
      ['two', 2],
    ]);
  });

  it('become what OTLP has: sums, gauges, and histograms with counts between the bounds', async () => {
    const metrics = new Metrics('api');
    const labels = { method: 'GET', route: '/runs', status: '2xx' };
    for (const ms of [0.5, 3, 3, 99_999]) metrics.observe('http_request_duration_ms', labels, ms);
    metrics.count('rapt_requests_refused_total', { reason: 'forbidden' }, 2);
    const histogram = toMetricData(await familyOf(metrics, 'http_request_duration_ms'), [0, 0], [1, 0]);
    const { buckets } = METRICS.http_request_duration_ms;
    const counts = new Array(buckets.length + 1).fill(0);
    [counts[0], counts[2], counts[buckets.length]] = [1, 2, 1];
    expect(histogram).toMatchObject({
      dataPointType: DataPointType.HISTOGRAM,
      dataPoints: [
        {
          attributes: labels,
          value: { count: 4, sum: 100_005.5, buckets: { boundaries: [...buckets], counts } },
        },
      ],
    });
    const sum = toMetricData(await familyOf(metrics, 'rapt_requests_refused_total'), [0, 0], [1, 0]);
    expect(sum).toMatchObject({
      dataPointType: DataPointType.SUM,
      isMonotonic: true,
      dataPoints: [{ attributes: { reason: 'forbidden' }, value: 2 }],
    });
  });
});
