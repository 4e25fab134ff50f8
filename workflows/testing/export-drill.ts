import { setTimeout as sleep } from 'node:timers/promises';
import { ExportScene } from '../../src/features/exports/exports.builder';
import { exportDataContract } from '../../src/features/exports/exports.contract';
import { createTestApp, type TestApp } from '../../src/testing/app';
import type { TestNamespace } from '../../src/testing/temporal';
import { ChildWorker } from './test-worker';

export interface ExportDrillReport {
  kills: number;
  rows: number;
  /** Bytes of the undisturbed export. */
  bytes: number;
  complete: number;
  /** How many of the complete exports equal the undisturbed one byte for byte. */
  identical: number;
  /** Kills, by what the worker was doing. */
  killedWhile: Record<'beginning' | 'writing rows' | 'putting together' | 'done already', number>;
  /** Workflows that Temporal shows as completed. */
  workflowsCompleted: number;
  seconds: number;
}

export interface ExportDrillOptions {
  kills: number;
  rows: number;
  format: 'csv' | 'ndjson' | 'xlsx';
  /** Settings of the process that is killed, which may use another storage than the folder. */
  env?: Record<string, string>;
  tell?: (line: string) => void;
}

/** Heartbeats time out, the attempt is repeated, and the machine may be busy. */
const END_LIMIT_MS = 120_000;

type Moment = keyof ExportDrillReport['killedWhile'];

/** Exports one class again and again. Each export's first worker is killed. */
class ExportDrill {
  private worker: ChildWorker | null = null;

  private constructor(
    private readonly app: TestApp,
    private readonly scene: ExportScene,
    private readonly namespace: TestNamespace,
    private readonly options: ExportDrillOptions,
  ) {}

  static async create(namespace: TestNamespace, options: ExportDrillOptions): Promise<ExportDrill> {
    const app = await createTestApp(options.env === undefined ? {} : { env: options.env });
    const scene = await ExportScene.create(app);
    // Together with the users that the scene already has.
    await scene.addStudents(options.rows - 4);
    return new ExportDrill(app, scene, namespace, options);
  }

  /** Runs an export whose worker nobody disturbs. */
  async undisturbed(): Promise<Buffer> {
    this.worker = await (await this.startWorker()).ready();
    const id = await this.scene.ask('roster', this.options.format);
    await this.untilEnded(id);
    return this.scene.fileOf(id);
  }

  /** @returns what the worker was doing when it was killed, and the file */
  async disturbed(): Promise<{ moment: Moment; file: Buffer | null; workflow: string }> {
    const next = this.startWorker();
    const id = await this.scene.ask('roster', this.options.format);
    const moment = await this.untilRandomMoment(id);
    await this.worker?.kill();
    this.worker = await (await next).ready();
    const state = await this.untilEnded(id);
    const workflow = await this.statusOf(id);
    return { moment, workflow, file: state === 'succeeded' ? await this.scene.fileOf(id) : null };
  }

  async close(): Promise<void> {
    await this.worker?.stop();
    await this.app.close();
  }

  private startWorker(): Promise<ChildWorker> {
    const { namespace, app } = this;
    return ChildWorker.start({
      databaseUrl: app.databaseUrl,
      namespace,
      ...(this.options.env === undefined ? {} : { env: this.options.env }),
    });
  }

  private async stateOf(id: string) {
    const { prisma } = this.app.container.platform.db;
    return prisma.export.findUniqueOrThrow({ where: { id } });
  }

  /**
   * Waits for a random number of rows, then for a random moment; after the last row the file is being
   * assembled.
   */
  private async untilRandomMoment(id: string): Promise<Moment> {
    const target = Math.floor(Math.random() * 1.2 * this.options.rows);
    const isThere = ({ state, rowsDone }: { state: string; rowsDone: number }) =>
      (state !== 'queued' && rowsDone >= Math.min(target, this.options.rows)) || state === 'succeeded';
    while (!isThere(await this.stateOf(id))) await sleep(2);
    await sleep(Math.random() * 50);
    const { state, snapshotAt, rowsDone } = await this.stateOf(id);
    if (state !== 'running') return 'done already';
    if (snapshotAt === null || rowsDone === 0) return 'beginning';
    return rowsDone < this.options.rows ? 'writing rows' : 'putting together';
  }

  private async untilEnded(id: string): Promise<string> {
    const end = Date.now() + END_LIMIT_MS;
    for (;;) {
      const { state } = await this.stateOf(id);
      if (state !== 'queued' && state !== 'running') return state;
      if (Date.now() > end) throw new Error(`the export is still ${state}`);
      await sleep(50);
    }
  }

  private async statusOf(id: string): Promise<string> {
    const handle = this.namespace.client.workflow.getHandle(exportDataContract.workflowId({ exportId: id }));
    await handle.result().catch(() => {});
    return (await handle.describe()).status.name;
  }
}

/** Kills the worker (`kill -9`) at a random moment of an export, again and again, and compares the files. */
export async function exportDrill(
  namespace: TestNamespace,
  options: ExportDrillOptions,
): Promise<ExportDrillReport> {
  const startedAt = Date.now();
  const { kills, rows, tell = () => {} } = options;
  const drill = await ExportDrill.create(namespace, options);
  try {
    const expected = await drill.undisturbed();
    const results = [];
    for (let kill = 1; kill <= kills; kill += 1) {
      const result = await drill.disturbed();
      results.push(result);
      tell(
        `kill ${kill} of ${kills}, while ${result.moment}: ${result.file?.equals(expected) ? 'identical' : 'NOT identical'}`,
      );
    }
    const killedWhile = { beginning: 0, 'writing rows': 0, 'putting together': 0, 'done already': 0 };
    for (const { moment } of results) killedWhile[moment] += 1;
    return {
      ...{ kills, rows, bytes: expected.length, killedWhile },
      complete: results.filter(({ file }) => file !== null).length,
      identical: results.filter(({ file }) => file?.equals(expected)).length,
      workflowsCompleted: results.filter(({ workflow }) => workflow === 'COMPLETED').length,
      seconds: Math.round((Date.now() - startedAt) / 1000),
    };
  } finally {
    await drill.close();
  }
}
