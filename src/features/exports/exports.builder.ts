import { IdRow } from '../../platform/db/columns';
import { sql } from '../../platform/db/sql';
import type { Client, TestApp } from '../../testing/app';
import { World } from '../../testing/world';
import type { ExportProgress } from './exports.contract';

type Person = { id: string };

/** Rows per statement: within the API's time limit for a statement, on a busy machine. */
const BATCH = 1_000;

/** Splits `total` into batches of `size`. */
function batches(total: number, size: number): number[] {
  return Array.from({ length: Math.ceil(total / size) }, (_, i) => Math.min(size, total - i * size));
}

/** A class with a teacher, an assistant and two students, an assignment, and an admin of the school above. */
export class ExportScene {
  school!: { id: string; tenantId: string; path: string };
  schoolClass!: { id: string; groupId: string; tenantId: string };
  teacher!: Person;
  assistant!: Person;
  admin!: Person;
  students: { id: string; name: string; email: string }[] = [];
  tool!: { id: string; version: number };
  assignment!: { id: string };
  asTeacher!: Client;

  private constructor(
    readonly app: TestApp,
    readonly world: World,
  ) {}

  static async create(app: TestApp): Promise<ExportScene> {
    const scene = new ExportScene(app, new World(app.container));
    await scene.build();
    return scene;
  }

  private async build(): Promise<void> {
    const { world } = this;
    this.school = await world.group({ kind: 'district' });
    this.schoolClass = await world.class(this.school, { name: 'Physics 7b' });
    this.teacher = await world.classMember(this.schoolClass, 'teacher');
    this.assistant = await world.classMember(this.schoolClass, 'assistant');
    this.admin = await world.member(this.school, 'admin');
    for (const name of ['Ada "The First" Lovelace', '=HYPERLINK("http://evil.example")']) {
      const user = await world.user({ name, tenantId: this.school.tenantId });
      this.students.push(user);
      await world.classMember(this.schoolClass, 'student', user);
    }
    this.tool = await world.tool(this.school, this.teacher);
    this.assignment = await world.assignment(this.schoolClass, this.tool, this.teacher);
    this.asTeacher = await this.app.as(this.teacher.id);
  }

  private get db() {
    return this.app.container.platform.db;
  }

  /** Creates an export over REST. @returns its id */
  async ask(kind: string, format: string, more: object = {}, client = this.asTeacher): Promise<string> {
    const response = await client
      .post('/exports')
      .send({ kind, format, scope: { classId: this.schoolClass.id }, ...more });
    if (response.status !== 202) throw new Error(`${response.status} ${response.text}`);
    return response.body.data.id;
  }

  /** Does what the workflow would do. */
  async make(id: string, sliceMs = 0, container = this.app.container): Promise<ExportProgress> {
    const { execution } = container.exports;
    let progress = await execution.begin(id);
    while (progress.state === 'running' && !progress.rowsComplete)
      progress = await execution.writeRows(id, {
        signal: new AbortController().signal,
        onPart: () => {},
        sliceMs,
      });
    return progress.state === 'running' ? execution.finish(id) : progress;
  }

  /** The content of the file. */
  async fileOf(id: string): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for await (const chunk of await this.app.container.platform.storage.read(`exports/${id}/file`))
      chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  }

  /** Creates, builds and reads an export. */
  async fileFor(kind: string, format: string, more: object = {}, client = this.asTeacher): Promise<string> {
    const id = await this.ask(kind, format, more, client);
    await this.make(id);
    return (await this.fileOf(id)).toString('utf8');
  }

  /** Adds messages in chats of the class, alternating between the two students. */
  async addMessages(count: number, sessions = 1): Promise<void> {
    const [ada, other] = this.students.map(({ id }) => id) as [string, string];
    const each = Math.ceil(count / sessions);
    for (const some of batches(sessions, Math.ceil(BATCH / each)))
      await this.db.execute(
        sql`WITH s AS (INSERT INTO sessions (id, tenant_id, user_id, tool_id, tool_version, class_id)
              SELECT gen_random_uuid(), ${this.school.tenantId}::uuid, CASE WHEN n % 2 = 0 THEN ${ada}::uuid ELSE ${other}::uuid END,
                     ${this.tool.id}::uuid, 1, ${this.schoolClass.id}::uuid FROM generate_series(1, ${some}::int) n RETURNING id)
            INSERT INTO messages (id, session_id, seq, role, content)
            SELECT gen_random_uuid(), s.id, n, CASE WHEN n % 2 = 1 THEN 'user' ELSE 'assistant' END,
                   'Message ' || n || E' with "quotes", commas\nand lines: ' || repeat('words and ', n % 40)
            FROM s, generate_series(1, ${each}::int) n`,
      );
  }

  /** Adds many students to the class. */
  async addStudents(count: number): Promise<void> {
    for (const some of batches(count, BATCH))
      await this.db.execute(
        sql`WITH u AS (INSERT INTO users (id, tenant_id, email, name)
              SELECT id, ${this.school.tenantId}::uuid, 'pupil-' || id || '@example.org', 'Pupil ' || id
              FROM (SELECT gen_random_uuid() AS id FROM generate_series(1, ${some}::int)) made RETURNING id)
            INSERT INTO class_members (id, class_id, user_id, role) SELECT gen_random_uuid(), ${this.schoolClass.id}::uuid, id, 'student' FROM u`,
      );
  }

  async auditOf(subjectId: string): Promise<string[]> {
    const rows = await this.db.rows(
      sql`SELECT action AS id FROM audit_events WHERE subject_id = ${subjectId}::uuid ORDER BY seq`,
      IdRow,
    );
    return rows.map(({ id }) => id);
  }
}
