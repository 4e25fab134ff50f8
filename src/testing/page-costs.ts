import pg from 'pg';
import type { Database } from '../platform/db/database';
import type { Sql } from '../platform/db/sql';

interface Plan {
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
}

/** A value as SQL text. */
function literal(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (value instanceof Date) return pg.escapeLiteral(value.toISOString());
  if (Array.isArray(value))
    return pg.escapeLiteral(`{${value.map((each) => JSON.stringify(each)).join(',')}}`);
  return pg.escapeLiteral(`${value as string | number | boolean}`);
}

/**
 * Counts the pages of the database (8 KB each) that statements touch, under the generic plan that a
 * connection may keep for them. Each statement is first explained in a transaction that is rolled back,
 * then run as usual.
 */
export class PageCosts {
  /** Simultaneous statements are explained one after the other. */
  private last: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly client: pg.Client,
    private readonly db: Database,
  ) {}

  static async open(databaseUrl: string, db: Database): Promise<PageCosts> {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    await client.query('SET plan_cache_mode = force_generic_plan; SET jit = off');
    return new PageCosts(client, db);
  }

  close(): Promise<void> {
    return this.client.end();
  }

  /** The pages that the statements of `work` touched, all together. */
  async of(work: () => Promise<unknown>): Promise<number> {
    let touched = 0;
    const { db } = this;
    const [rows, execute] = [db.rows.bind(db), db.execute.bind(db)];
    db.rows = async (statement, row) => {
      const pages = await this.explain(statement);
      touched += pages;
      return rows(statement, row);
    };
    db.execute = async (statement) => {
      const pages = await this.explain(statement);
      touched += pages;
      return execute(statement);
    };
    try {
      await work();
    } finally {
      // Restores the methods of the class.
      for (const name of ['rows', 'execute']) Reflect.deleteProperty(db, name);
    }
    return touched;
  }

  private explain(statement: Sql): Promise<number> {
    const explained = this.last.then(() => this.explainAlone(statement));
    this.last = explained.catch(() => {});
    return explained;
  }

  private async explainAlone({ text, values }: Sql): Promise<number> {
    const given = values.length === 0 ? '' : `(${values.map(literal).join(', ')})`;
    await this.client.query('BEGIN');
    try {
      await this.client.query(`PREPARE explained AS ${text}`);
      const { rows } = await this.client.query(
        `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE explained${given}`,
      );
      const plan = rows[0]['QUERY PLAN'][0].Plan as Plan;
      return plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
    } finally {
      await this.client.query('ROLLBACK');
      await this.client.query('DEALLOCATE ALL');
    }
  }
}
