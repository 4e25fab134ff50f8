/** A family of Prometheus' text format: the parts that tests read. */
export interface Family {
  kind: string;
  /** The labels of all its series, without the `le` of buckets. */
  labels: string[];
  /** Upper bounds of its buckets, without the last one, which is infinite. */
  buckets: number[];
  /** Each series as it is written, with its value. */
  samples: Map<string, number>;
}

/** Reads Prometheus' text format. Returns families by name. */
export function readExposition(text: string): Map<string, Family> {
  const families = new Map<string, Family>();
  for (const [, name, kind] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    const samples = new Map<string, number>();
    const labels = new Set<string>();
    const buckets = new Set<number>();
    const series = new RegExp(`^(${name}(?:_bucket|_sum|_count)?(?:\\{(.*)\\})?) (\\S+)$`, 'gm');
    for (const [, whole, set = '', value] of text.matchAll(series)) {
      samples.set(whole as string, Number(value));
      for (const [, label, given] of set.matchAll(/(\w+)="([^"]*)"/g)) {
        if (label !== 'le') labels.add(label as string);
        else if (given !== '+Inf') buckets.add(Number(given));
      }
    }
    families.set(name as string, {
      kind: kind as string,
      labels: [...labels],
      buckets: [...buckets],
      samples,
    });
  }
  return families;
}
