import { LRUCache } from 'lru-cache';
import type { Bus } from './bus/bus';

export interface CacheOptions<V> {
  /** The name under which hits and misses are counted. */
  name: string;
  /** How long an entry is valid without a notice, in milliseconds. */
  ttlMs: number;
  /** The most entries; the least recently used one is dropped first. */
  maxEntries: number;
  /**
   * What a value was made from, for `forgetTagged`: ids or labels of things that can change. No tags if
   * absent.
   */
  tagsOf?: (value: V) => readonly string[];
}

/** How many lookups of a cache hit and missed. */
export interface CacheCounts {
  readonly name: string;
  readonly hits: number;
  readonly misses: number;
}

const caches = new WeakMap<Bus, CacheCounts[]>();

/** The caches of a process: those that are invalidated through this bus. */
export function cachesOf(bus: Bus): readonly CacheCounts[] {
  return caches.get(bus) ?? [];
}

/** With more changed tags than this, the cache is cleared instead of remembering each tag. */
const MAX_CHANGED_TAGS = 10_000;

interface Entry<V> {
  value: V;
  tags: readonly string[];
  /** The number of changes at the time when the value was stored. */
  madeAt: number;
}

/**
 * Caches loaded values until a notice says that they changed. It is off while the bus is disconnected,
 * because notices would be missed, and it never stores a value whose loading began before a change.
 */
export class Cache<V> {
  private readonly entries: LRUCache<string, Entry<V>>;
  private readonly loading = new Map<string, Promise<V>>();
  /**
   * The number of the last change of each tag. An entry is stale if one of its tags changed after it was
   * stored.
   */
  private readonly changedTags = new Map<string, number>();
  private changes = 0;
  readonly name: string;
  hits = 0;
  misses = 0;

  constructor(
    private readonly bus: Bus,
    private readonly options: CacheOptions<V>,
  ) {
    this.name = options.name;
    this.entries = new LRUCache({
      max: options.maxEntries,
      ttl: options.ttlMs,
      // The clock is read each time, so that no entry outlives its time.
      ttlResolution: 0,
      perf: { now: () => Date.now() },
    });
    caches.set(bus, [...cachesOf(bus), this]);
    bus.onGap(() => this.clear());
  }

  /** Returns the cached value, or null. Never waits. */
  peek(key: string): V | null {
    const entry = this.entries.get(key);
    if (entry === undefined || !this.bus.connected) return null;
    if (this.isStale(entry)) {
      this.entries.delete(key);
      return null;
    }
    this.hits += 1;
    return entry.value;
  }

  /** Returns the cached value, or the result of `load`. Simultaneous callers share one load. */
  async get(key: string, load: () => Promise<V>): Promise<V> {
    const known = this.peek(key);
    if (known !== null) return known;
    this.misses += 1;
    const running = this.loading.get(key);
    if (running !== undefined) return running;
    const started = this.load(key, load);
    this.loading.set(key, started);
    try {
      return await started;
    } finally {
      if (this.loading.get(key) === started) this.loading.delete(key);
    }
  }

  forget(key: string): void {
    this.changes += 1;
    this.entries.delete(key);
    this.loading.delete(key);
  }

  /**
   * Invalidates every entry with this tag. It visits none of them: each is found stale at its next lookup.
   */
  forgetTagged(tag: string): void {
    if (this.changedTags.size >= MAX_CHANGED_TAGS) this.clear();
    this.changes += 1;
    this.loading.clear();
    this.changedTags.set(tag, this.changes);
  }

  clear(): void {
    this.changes += 1;
    this.loading.clear();
    this.changedTags.clear();
    this.entries.clear();
  }

  private async load(key: string, load: () => Promise<V>): Promise<V> {
    const before = this.changes;
    const value = await load();
    if (this.changes === before && this.bus.connected) this.keep(key, value);
    return value;
  }

  private keep(key: string, value: V): void {
    const tags = this.options.tagsOf?.(value) ?? [];
    this.entries.set(key, { value, tags, madeAt: this.changes });
  }

  private isStale({ tags, madeAt }: Entry<V>): boolean {
    if (madeAt === this.changes || this.changedTags.size === 0) return false;
    return tags.some((tag) => (this.changedTags.get(tag) ?? 0) > madeAt);
  }
}
