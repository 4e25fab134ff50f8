import type { z } from 'zod';
import type { Database } from './database';
import type { Sql } from './sql';

/** With more ids the next statement begins, so that no answer waits for a very long list. */
const MAX_IDS = 100;

interface Waiting<T> {
  resolve(found: Map<string, T>): void;
  reject(error: unknown): void;
}

/**
 * Reads single rows by id. Rows that are requested in the same turn of the event loop, by any request, come
 * with one statement: under load, the round trip is most of the cost of reading a row. Within a transaction
 * each read is its own statement, because it belongs to that transaction.
 */
export class RowLoader<S extends z.ZodObject<{ id: z.ZodType<string> }>> {
  private ids = new Set<string>();
  private waiting: Waiting<z.output<S>>[] = [];

  /** @param statement selects the rows with these ids, in any order */
  constructor(
    private readonly db: Database,
    private readonly row: S,
    private readonly statement: (ids: string[]) => Sql,
  ) {}

  /**
   * Returns the current row with this id, or null. Other callers may get the same object, so it must not be
   * changed.
   */
  async find(anyCaseId: string): Promise<Readonly<z.output<S>> | null> {
    const id = anyCaseId.toLowerCase();
    if (this.db.inTransaction) return this.db.row(this.statement([id]), this.row);
    const found = await new Promise<Map<string, z.output<S>>>((resolve, reject) => {
      if (this.waiting.length === 0) setImmediate(() => void this.read());
      this.waiting.push({ resolve, reject });
      this.ids.add(id);
      if (this.ids.size >= MAX_IDS) void this.read();
    });
    return found.get(id) ?? null;
  }

  private async read(): Promise<void> {
    const { waiting, ids } = this;
    if (waiting.length === 0) return;
    [this.waiting, this.ids] = [[], new Set()];
    try {
      const rows = await this.db.rows(this.statement([...ids]), this.row);
      const found = new Map(rows.map((row) => [row.id, row]));
      for (const each of waiting) each.resolve(found);
    } catch (error) {
      for (const each of waiting) each.reject(error);
    }
  }
}
