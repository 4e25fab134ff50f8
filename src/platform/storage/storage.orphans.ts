import type { Storage } from './storage';

/** A feature that stores files under a prefix, and can tell which of them have a row. */
export interface StorageOwner {
  /** The prefix ends with a slash: `exports/`. */
  prefix: string;
  /** Returns those of these keys that a row names. */
  known(keys: readonly string[]): Promise<ReadonlySet<string>>;
}

/** Keys per statement. */
const BATCH = 500;

/**
 * Removes files that no row names. A process that died between writing the file and the row, or between
 * deleting the two, leaves such files.
 */
export class OrphanedFiles {
  constructor(
    private readonly storage: Storage,
    private readonly owners: readonly StorageOwner[],
  ) {}

  /**
   * Checks all files that are older than `olderThan`; younger ones may be about to get their row. Files
   * without an owner are left alone. It is safe to run twice, even at the same time.
   * @yields how many files it removed, after each batch
   */
  async *remove(olderThan: Date): AsyncGenerator<number> {
    for (const owner of this.owners) {
      let keys: string[] = [];
      for await (const { key } of this.storage.list(owner.prefix, olderThan)) {
        keys.push(key);
        if (keys.length < BATCH) continue;
        yield await this.removeUnknown(owner, keys);
        keys = [];
      }
      yield await this.removeUnknown(owner, keys);
    }
  }

  private async removeUnknown(owner: StorageOwner, keys: readonly string[]): Promise<number> {
    if (keys.length === 0) return 0;
    const known = await owner.known(keys);
    const orphans = keys.filter((key) => !known.has(key));
    for (const key of orphans) await this.storage.delete(key);
    return orphans.length;
  }
}
