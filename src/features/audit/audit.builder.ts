import pg from 'pg';
import type { TestApp } from '../../testing/app';
import { testEnvironment } from '../../testing/test-environment';

/** Records events in the trail as services do. */
export async function recordEvents(app: TestApp, tenantId: string | null, count: number): Promise<void> {
  const { audit } = app.container;
  for (let i = 0; i < count; i += 1)
    await audit.record({ type: 'test', id: null, tenantId }, 'test.happened', {
      n: i,
      text: 'ü "quoted" \\ and more',
      list: [1, 2.5, null],
    });
}

/** Seals everything. @returns how many events */
export async function sealAll(app: TestApp, batch = 1_000): Promise<number> {
  const { seal } = app.container.auditTrail;
  const upTo = await seal.settledSeq();
  if (upTo === null) throw new Error('a transaction is open');
  let count = 0;
  for (const chainId of await seal.chainsBehind(upTo)) {
    for (let sealed = batch; sealed === batch; count += sealed)
      ({ sealed } = await seal.sealNext(chainId, upTo, batch));
  }
  return count;
}

/** An intruder with full access: the superuser, with all triggers off. */
export class Intruder {
  private constructor(private readonly client: pg.Client) {}

  static async enter(app: TestApp): Promise<Intruder> {
    const adminUrl = Object.assign(new URL(testEnvironment().postgresAdminUrl), {
      pathname: new URL(app.databaseUrl).pathname,
    });
    const client = new pg.Client({ connectionString: adminUrl.toString() });
    await client.connect();
    await client.query('SET session_replication_role = replica');
    return new Intruder(client);
  }

  async does(text: string, ...values: unknown[]): Promise<Record<string, unknown>[]> {
    return (await this.client.query(text, values)).rows as Record<string, unknown>[];
  }

  /** The id of the event at this position of the chain. */
  async eventAt(chainId: string, position: number): Promise<string> {
    const [row] = await this.does(
      'SELECT id FROM audit_seals WHERE chain_id = $1 AND position = $2',
      chainId,
      position,
    );
    return String(row?.id);
  }

  async leave(): Promise<void> {
    await this.client.end();
  }
}
