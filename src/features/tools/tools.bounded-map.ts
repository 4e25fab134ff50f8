export interface BoundedMapOptions {
  /** Most entries; the one not asked for longest goes first. */
  maxEntries: number;
  /** Longest that an entry is kept, in milliseconds. */
  ttlMs?: number;
}

/** Remembers what never changes, so that nobody has to say when it does. */
export class BoundedMap<V> {
  private readonly entries = new Map<string, { value: V; expiresAt: number }>();

  constructor(private readonly options: BoundedMapOptions) {}

  get(key: string): V | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    this.entries.delete(key);
    if (entry.expiresAt <= Date.now()) return undefined;
    this.entries.set(key, entry);
    return entry.value;
  }

  set(key: string, value: V): void {
    if (this.entries.size >= this.options.maxEntries) {
      const [oldest] = this.entries.keys();
      if (oldest !== undefined) this.entries.delete(oldest);
    }
    this.entries.set(key, {
      value,
      expiresAt: Date.now() + (this.options.ttlMs ?? Number.POSITIVE_INFINITY),
    });
  }
}
