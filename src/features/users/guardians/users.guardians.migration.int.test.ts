import { readFileSync } from 'node:fs';
import path from 'node:path';
import { raw, sql } from '../../../platform/db/sql';
import { newId } from '../../../shared/ids';
import { createTestApp, type TestApp } from '../../../testing/app';
import { World } from '../../../testing/world';

const MIGRATION = path.resolve(__dirname, '../../../../prisma/migrations/0025_guardians_data/migration.sql');

describe('links of guardians from before the school made them', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp();
  });
  afterAll(() => app.close());

  it('stay if a class still explains them, and make the guardian a member of the school', async () => {
    const world = new World(app.container);
    const { db } = app.container.platform;
    const school = await world.group();
    const schoolClass = await world.class(school);
    const student = await world.classMember(schoolClass, 'student', await world.member(school, 'student'));
    const [explained, dangling] = [
      await world.user({ tenantId: school.id }),
      await world.user({ tenantId: school.id }),
    ];
    await db.execute(sql`ALTER TABLE class_members DROP CONSTRAINT class_members_role_check`);
    for (const observer of [explained, dangling])
      await db.execute(
        sql`INSERT INTO student_observers (id, student_id, observer_id) VALUES (${newId()}::uuid, ${student.id}::uuid, ${observer.id}::uuid)`,
      );
    await db.execute(
      sql`INSERT INTO class_members (id, class_id, user_id, role) VALUES (${newId()}::uuid, ${schoolClass.id}::uuid, ${explained.id}::uuid, 'observer')`,
    );
    for (const statement of readFileSync(MIGRATION, 'utf8').split(/;\s*\n/))
      if (statement.trim() !== '') await db.execute(sql`${raw(statement)}`);
    const links = await db.prisma.studentObserver.findMany({ where: { studentId: student.id } });
    expect(links.map(({ observerId }) => observerId)).toEqual([explained.id]);
    const roles = await db.prisma.classMember.groupBy({ by: 'role' });
    expect(roles.map(({ role }): string => role)).not.toContain('observer');
    expect(await db.prisma.groupMember.findMany({ where: { userId: explained.id } })).toMatchObject([
      { groupId: school.id, role: 'guardian' },
    ]);
    const found = await app.container.access.findPerson(explained.id);
    expect(found?.access.classRoles).toEqual(new Map([[schoolClass.id, 'observer']]));
  });
});
