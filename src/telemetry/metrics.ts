import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import {
  type CounterName,
  type GaugeName,
  type HistogramName,
  type LabelsOf,
  METRICS,
  type MetricName,
  type MetricSource,
  type MetricSpec,
} from './metrics.table';

/** Labels whose values people choose. A district has some dozens of models; whoever has more sees the rest as one. */
const CHOSEN_BY_PEOPLE: ReadonlySet<string> = new Set(['model', 'provider']);
const MAX_CHOSEN = 100;
const THE_REST = 'other';

/** What a gauge shows just now, for each set of labels. */
export type Reading<N extends MetricName> = readonly { labels: LabelsOf<N>; value: number }[];

type Readers = (() => Promise<Reading<never>> | Reading<never>)[];

/**
 * The numbers of a process, in one registry: Prometheus reads it at `/metrics`, and OTLP sends the same. Where neither
 * is wanted nothing is counted.
 */
export class Metrics {
  readonly registry = new Registry();
  readonly enabled: boolean;
  private readonly counters = new Map<string, Counter>();
  private readonly histograms = new Map<string, Histogram>();
  private readonly readers = new Map<string, Readers>();
  private readonly chosen = new Map<string, Set<string>>();

  /** @param source whose numbers these are; null where nobody wants any. */
  constructor(source: MetricSource | null) {
    this.enabled = source !== null;
    if (source === null) return;
    collectDefaultMetrics({ register: this.registry });
    // At once, so that whoever looks sees what there is before it has happened for the first time.
    for (const [name, spec] of Object.entries<MetricSpec>(METRICS)) {
      if (!spec.by.includes(source)) continue;
      const base = this.base(name as MetricName);
      if (spec.kind === 'counter') this.counters.set(name, new Counter(base));
      if (spec.kind === 'histogram')
        this.histograms.set(name, new Histogram({ ...base, buckets: [...(spec.buckets ?? [])] }));
    }
  }

  /** Counts. */
  count<N extends CounterName>(name: N, labels: LabelsOf<N>, by = 1): void {
    this.counters.get(name)?.inc(this.bounded(labels), by);
  }

  /** Adds a value to a histogram, in the unit that its name says. */
  observe<N extends HistogramName>(name: N, labels: LabelsOf<N>, value: number): void {
    this.histograms.get(name)?.observe(this.bounded(labels), value);
  }

  /**
   * Has the gauge read whenever somebody looks. What cannot be read, such as while the database is away, is not shown.
   * Several readers add to each other.
   */
  gauge<N extends GaugeName>(name: N, read: () => Promise<Reading<N>> | Reading<N>): void {
    if (!this.enabled) return;
    const known = this.readers.get(name);
    if (known !== undefined) return void known.push(read);
    const readers: (() => Promise<Reading<N>> | Reading<N>)[] = [read];
    this.readers.set(name, readers);
    const made: Gauge = new Gauge({
      ...this.base(name),
      collect: async () => {
        const readings = await Promise.all(
          readers.map(async (each) => (async () => each())().catch(() => [])),
        );
        made.reset();
        // Without labels it would be 0 now, which is a number too.
        if (METRICS[name].labels.length === 0) made.remove();
        for (const { labels, value } of readings.flat()) made.set(labels, value);
      },
    });
  }

  /** Has a counter filled, whenever somebody looks, from numbers that are kept elsewhere and only grow. */
  counterFrom<N extends CounterName>(name: N, read: () => Reading<N>): void {
    const counter = this.counters.get(name);
    if (counter === undefined) return;
    // The types of prom-client know of it in the constructor alone.
    const collect = (): void => {
      counter.reset();
      for (const { labels, value } of read()) counter.inc(labels, value);
    };
    Object.assign(counter, { collect });
  }

  private base(name: MetricName) {
    const { help, labels }: MetricSpec = METRICS[name];
    return { name, help, labelNames: [...labels], registers: [this.registry] };
  }

  private bounded(labels: Record<string, string>): Record<string, string> {
    for (const name in labels) {
      if (!CHOSEN_BY_PEOPLE.has(name)) continue;
      const seen = this.chosen.get(name) ?? new Set();
      this.chosen.set(name, seen);
      const value = labels[name] as string;
      if (seen.has(value)) continue;
      if (seen.size >= MAX_CHOSEN) return { ...labels, [name]: THE_REST };
      seen.add(value);
    }
    return labels;
  }
}
