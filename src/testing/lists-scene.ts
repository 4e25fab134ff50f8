import type { Principal } from '../authz/ability';
import { sql } from '../platform/db/sql';
import { newId } from '../shared/ids';
import { createTestApp, type TestApp } from './app';
import { PageCosts } from './page-costs';
import { World } from './world';

type Person = { id: string };

/** Classes of the teacher and the student. */
const CLASSES = 3;
const STUDENTS_OF_CLASS = 10;

/**
 * A district of many classes, a few of which a teacher and a student share, to measure the cost of a list's
 * page.
 */
export class ListsScene {
  app!: TestApp;
  costs!: PageCosts;
  teacher!: Principal;
  student!: Principal;
  admin!: Principal;
  school!: { id: string; tenantId: string; path: string };
  classIds: string[] = [];
  private author!: Person;
  private tool!: { id: string };

  private get db() {
    return this.app.container.platform.db;
  }

  async open(): Promise<void> {
    this.app = await createTestApp();
    this.costs = await PageCosts.open(this.app.databaseUrl, this.db);
    const world = new World(this.app.container);
    this.school = await world.group();
    this.author = await world.member(this.school, 'teacher');
    this.tool = await world.tool(this.school, this.author);
    this.classIds = await this.addClasses(CLASSES);
    const student = await world.user({ tenantId: this.school.tenantId });
    for (const id of this.classIds) {
      await world.classMember({ id, tenantId: this.school.tenantId }, 'teacher', this.author);
      await world.classMember({ id, tenantId: this.school.tenantId }, 'student', student);
    }
    this.teacher = await this.principalOf(this.author);
    this.student = await this.principalOf(student);
    this.admin = await this.principalOf(await world.member(this.school, 'admin'));
  }

  async close(): Promise<void> {
    await this.costs.close();
    await this.app.close();
  }

  /** Adds classes with students. @returns their ids */
  async addClasses(count: number): Promise<string[]> {
    const { tenantId, id: group } = this.school;
    const rows = await this.db.prisma.class.createManyAndReturn({
      data: Array.from({ length: count }, (_, n) => ({
        ...{ id: newId(), tenantId, groupId: group, name: `Class ${n}` },
      })),
    });
    const ids = rows.map(({ id }) => id);
    await this.db.execute(
      sql`WITH u AS (INSERT INTO users (id, tenant_id, email, name) SELECT id, ${tenantId}::uuid, id || '@example.org', 'Pupil'
            FROM (SELECT gen_random_uuid() AS id FROM generate_series(1, ${count * STUDENTS_OF_CLASS}::int)) made RETURNING id)
          INSERT INTO class_members (id, class_id, user_id, role) SELECT gen_random_uuid(), (${ids}::uuid[])[1 + n / ${STUDENTS_OF_CLASS}::int], id, 'student'
          FROM (SELECT id, (row_number() OVER () - 1)::int AS n FROM u) u`,
    );
    return ids;
  }

  /**
   * Adds `count` assignments to each class, with consecutive due dates and the returned work of every
   * student.
   */
  async addAssignments(classIds: readonly string[], count: number): Promise<void> {
    const { tenantId } = this.school;
    await this.db.execute(
      sql`WITH a AS (INSERT INTO assignments (id, tenant_id, class_id, tool_id, tool_version, title, state, published_at, due_at, created_by)
            SELECT gen_random_uuid(), ${tenantId}::uuid, c.id, ${this.tool.id}::uuid, 1, 'Assignment ' || n, 'published', now(), now() + make_interval(mins => n), ${this.author.id}::uuid
            FROM unnest(${[...classIds]}::uuid[]) c(id), generate_series(1, ${count}::int) n RETURNING id, class_id)
          INSERT INTO submissions (id, tenant_id, assignment_id, class_id, user_id, attempt, tool_id, tool_version, state, submitted_at, returned_at)
          SELECT gen_random_uuid(), ${tenantId}::uuid, a.id, a.class_id, m.user_id, 1, ${this.tool.id}::uuid, 1, 'returned', now(), now()
          FROM a JOIN class_members m ON m.class_id = a.class_id AND m.role = 'student'`,
    );
  }

  /** Updates statistics, so that plans and costs are those of a database that has run for a while. */
  async settle(): Promise<void> {
    await this.db.execute(sql`ANALYZE`);
  }

  private async principalOf({ id }: Person): Promise<Principal> {
    const found = await this.app.container.access.findPrincipal(id, {
      sessionId: null,
      kind: 'bearer',
      scopes: null,
    });
    if (found === null) throw new Error(`${id} is nobody`);
    return found;
  }
}
