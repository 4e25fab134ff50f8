import type { Storage } from './storage';

/** Who keeps files under a prefix, and can say which of them it still knows. */
export interface StorageOwner {
  /** Ends with a slash: `exports/`. */
  prefix: string;
  /** Those of these keys that a row names. */
  known(keys: readonly string[]): Promise<ReadonlySet<string>>;
}

/** Keys asked about at once: one statement each time. */
const BATCH = 500;

/** Removes files that no row names: left behind by a process that died between the file and the row, or the other way round. */
export class OrphanedFiles {
  constructor(
    private readonly storage: Storage,
    private readonly owners: readonly StorageOwner[],
  ) {}

  /**
   * Goes through all files that are older than `olderThan`; younger ones may be about to get their row. Files of no
   * owner are left alone. Can be run twice, and by two at once.
   * @yields after each batch how many files it removed.
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
