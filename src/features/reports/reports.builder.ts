import { sql } from '../../platform/db/sql';
import { LOGO, NAMES } from '../../platform/pdf/samples.builder';
import { newId } from '../../shared/ids';
import type { World } from '../../testing/world';

/** The month of the scenes: September 2026 in New York, without a clock change. */
export const PERIOD = { from: new Date('2026-09-01T04:00:00Z'), to: new Date('2026-10-01T04:00:00Z') };
const DAY_MS = 86_400_000;
const day = (n: number, hour = 15): Date => new Date(PERIOD.from.getTime() + n * DAY_MS + hour * 3_600_000);

interface Scene {
  district: { id: string; tenantId: string; path: string };
  school: { id: string; tenantId: string; path: string };
  schoolClass: { id: string; tenantId: string; groupId: string };
  teacher: { id: string };
  students: { id: string; name: string }[];
  tools: { id: string; version: number }[];
}

/** Records a call of a model at a moment. */
export async function aiCall(
  { container }: World,
  scene: Pick<Scene, 'schoolClass'>,
  call: {
    userId: string;
    toolId: string | null;
    at: Date;
    input: number;
    output: number;
    cost: number;
    state?: string;
    groupId?: string;
    classId?: string | null;
    model?: string;
  },
): Promise<void> {
  const { schoolClass } = scene;
  const state = call.state ?? 'succeeded';
  await container.platform.db.execute(
    sql`INSERT INTO ai_calls (id, tenant_id, group_id, class_id, user_id, tool_id, purpose, provider, model, state, input_tokens, output_tokens, cost_micros, settled_at, created_at)
        VALUES (${newId()}::uuid, ${schoolClass.tenantId}::uuid, ${call.groupId ?? schoolClass.groupId}::uuid, ${call.classId === undefined ? schoolClass.id : call.classId}::uuid,
                ${call.userId}::uuid, ${call.toolId}::uuid, 'chat', 'demo', ${call.model ?? 'demo-small'}, ${state}, ${call.input}, ${call.output}, ${call.cost},
                ${state === 'pending' ? null : call.at}::timestamptz, ${call.at}::timestamptz)`,
  );
}

async function handIn(
  world: World,
  assignment: { id: string },
  student: { id: string },
  values: { at: Date; late: boolean; score: number | null },
): Promise<void> {
  const { id } = await world.submission(assignment, student, {
    state: values.score === null ? 'submitted' : 'returned',
  });
  await world.container.platform.db.execute(
    sql`UPDATE submissions SET submitted_at = ${values.at}::timestamptz, late = ${values.late}, late_by_seconds = ${values.late ? 3600 : 0},
          released_score = ${values.score}, draft_score = ${values.score}, started_at = ${values.at}::timestamptz,
          returned_at = CASE WHEN ${values.score}::numeric IS NULL THEN NULL ELSE ${values.at}::timestamptz END
        WHERE id = ${id}::uuid`,
  );
}

/** A whole number from 0 up to `below`, the same in each run. */
const pick = (seed: number, below: number): number => ((seed * 7919 + 104_729) % 10_007) % below;

/** A class with a student for each script, a month of work, and its costs. */
export async function reportScene(
  world: World,
  options: { students?: readonly string[]; theme?: object; assignments?: number } = {},
): Promise<Scene> {
  const { db } = world.container.platform;
  const district = await world.group({ name: 'Maplewood Unified School District', kind: 'district' });
  const school = await world.group({
    name: 'Lycée Émile-Zola · مدرسة النور',
    kind: 'school',
    under: district,
  });
  const theme = options.theme ?? { colors: { primary: '#1f5f4a', accent: '#f2b134' }, logo: { image: LOGO } };
  await db.execute(
    sql`UPDATE groups SET theme = ${JSON.stringify(theme)}::jsonb WHERE id = ${school.id}::uuid`,
  );
  await db.execute(
    sql`UPDATE groups SET settings = '{"timezone":"America/New_York"}' WHERE id = ${district.id}::uuid`,
  );
  const schoolClass = await world.class(school, { name: 'Biology 7b: cells, genes and evolution' });
  await db.execute(sql`UPDATE classes SET subject = 'Biology' WHERE id = ${schoolClass.id}::uuid`);
  const teacher = await world.classMember(
    schoolClass,
    'teacher',
    await world.user({ name: 'Íris Gonçalves', tenantId: district.id }),
  );
  const students: Scene['students'] = [];
  for (const name of options.students ?? Object.values(NAMES)) {
    const student = await world.user({ name, tenantId: district.id });
    await world.classMember(schoolClass, 'student', student);
    students.push(student);
  }
  const tools = [];
  for (const name of [
    'Cell explorer',
    'Lab report coach 🧪',
    'مساعد الأحياء',
    '生物小助手',
    'Debate partner',
  ]) {
    const tool = await world.tool(school, teacher);
    await db.execute(sql`UPDATE tools SET name = ${name} WHERE id = ${tool.id}::uuid`);
    tools.push(tool);
  }
  const scene = { district, school, schoolClass, teacher, students, tools };
  await monthOfWork(world, scene, options.assignments ?? 6);
  return scene;
}

async function monthOfWork(world: World, scene: Scene, assignments: number): Promise<void> {
  const { schoolClass, teacher, students, tools } = scene;
  for (let a = 0; a < assignments; a += 1) {
    const tool = tools[a % tools.length] as Scene['tools'][number];
    const assignment = await world.assignment(schoolClass, tool, teacher, {
      dueAt: day(4 + ((a * 4) % 25), 20),
    });
    await world.container.platform.db.execute(
      sql`UPDATE assignments SET published_at = ${day(1)}::timestamptz,
            title = ${a % 3 === 2 ? `Assignment ${a + 1}: write a lab report on osmosis in potato cells, with hypothesis, method, results, a graph and a discussion` : `Assignment ${a + 1}: cells`}
          WHERE id = ${assignment.id}::uuid`,
    );
    for (const [s, student] of students.entries()) {
      const chance = pick(a * 101 + s * 13, 10);
      if (chance === 0) continue;
      await handIn(world, assignment, student, {
        at: day(1 + pick(a * 37 + s * 5, 28), 9 + pick(s, 12)),
        late: chance === 1,
        score: chance > 7 ? null : 35 + pick(a * 53 + s * 17, 66),
      });
    }
  }
  for (const [s, student] of students.entries()) {
    for (let n = 0; n < 6; n += 1) {
      const tool = tools[pick(s + n * 3, 5)] as Scene['tools'][number];
      await aiCall(world, scene, {
        userId: student.id,
        toolId: tool.id,
        at: day(pick(s * 6 + n, 29), 10),
        input: 800 + pick(n + s, 900),
        output: 200 + pick(n * s, 700),
        cost: 1_500 + pick(n * 7 + s, 4_000),
      });
    }
  }
}
