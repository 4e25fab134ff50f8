import { Client } from 'pg';

/** How much is loaded. The figures in the README hold for these sizes. */
export const SIZES = {
  schools: 40,
  departmentsOfSchool: 10,
  users: 50_000,
  teachers: 1_000,
  classes: 2_000,
  studentsOfClass: 25,
  tools: 200,
  assignmentsOfClass: 10,
  submissionsOfAssignment: 20,
} as const;

/** A UUID made of a kind and a number, so that every statement below can name every row. */
const uuid = (kind: number, number: string) =>
  `('0000000${kind}-0000-7000-8000-' || lpad(to_hex(${number}), 12, '0'))::uuid`;

const DISTRICT = 0;
const group = (number: string) => uuid(1, number);
const user = (number: string) => uuid(2, number);
const classId = (number: string) => uuid(3, number);
const tool = (number: string) => uuid(4, number);
const assignment = (number: string) => uuid(5, number);

/** Gives the load generator the same ids. */
export const idOf = (kind: 'group' | 'user' | 'class' | 'tool' | 'assignment', number: number): string =>
  `0000000${['group', 'user', 'class', 'tool', 'assignment'].indexOf(kind) + 1}-0000-7000-8000-${number.toString(16).padStart(12, '0')}`;

const label = (id: string, name: string) => `('${name}_' || right(replace((${id})::text, '-', ''), 12))`;
const root = label(group(String(DISTRICT)), 'district');
const school = (number: string) => `${root} || '.' || ${label(group(`1 + ${number}`), 'school')}`;
const firstDepartment = 1 + SIZES.schools;

const DEFINITION = JSON.stringify({
  name: 'Bench tool',
  version: '1.0',
  type: 'chat',
  behavior: 'You are a patient tutor who asks before telling. '.repeat(12),
  constraints: { topics: ['fractions', 'ratios'], no_direct_answers: true, max_messages: 100000 },
  meta: { subject: 'math', grades: [6, 7], description: 'A coach for fractions.', tags: ['fractions'] },
});
const THEME = JSON.stringify({
  colors: { primary: '#1d4ed8', secondary: '#f59e0b', background: '#ffffff' },
  logo: { url: 'https://example.org/logo.svg', alt: 'Logo' },
});

const classesOfTeacher = SIZES.classes / SIZES.teachers;
const assignments = SIZES.classes * SIZES.assignmentsOfClass;
const students = SIZES.users - SIZES.teachers - 1;
/** The student in seat `seat` of class `number`. */
const studentOf = (number: string, seat: string) =>
  user(`1 + ${SIZES.teachers} + ((${number}) * ${SIZES.studentsOfClass} + (${seat})) % ${students}`);

export const studentNumber = (classNumber: number, seat: number): number =>
  1 + SIZES.teachers + ((classNumber * SIZES.studentsOfClass + seat) % students);
export const teacherNumber = (classNumber: number): number => 1 + Math.floor(classNumber / classesOfTeacher);
export const departmentNumber = (index: number): number => firstDepartment + index;

const STATEMENTS: readonly (readonly [string, string])[] = [
  [
    'groups',
    `INSERT INTO groups (id, tenant_id, path, kind, name, theme, settings) VALUES (${group('0')}, ${group('0')}, (${root})::ltree, 'district', 'Bench district', '${THEME}', '{"timezone":"America/Chicago"}');
    INSERT INTO groups (id, parent_id, tenant_id, path, kind, name, theme)
      SELECT ${group('1 + s')}, ${group('0')}, ${group('0')}, (${school('s')})::ltree, 'school', 'School ' || s, '{"colors":{"primary":"#047857"}}'
      FROM generate_series(0, ${SIZES.schools - 1}) s;
    INSERT INTO groups (id, parent_id, tenant_id, path, kind, name)
      SELECT ${group(`${firstDepartment} + d`)}, ${group(`1 + d / ${SIZES.departmentsOfSchool}`)}, ${group('0')},
        (${school(`d / ${SIZES.departmentsOfSchool}`)} || '.' || ${label(group(`${firstDepartment} + d`), 'department')})::ltree, 'department', 'Department ' || d
      FROM generate_series(0, ${SIZES.schools * SIZES.departmentsOfSchool - 1}) d`,
  ],
  [
    'users',
    `INSERT INTO users (id, tenant_id, email, name)
      SELECT ${user('n')}, ${group('0')}, 'person' || n || '@bench.example',
        (ARRAY['Ada','Ben','Chloe','Dario','Emeka','Fatima','Goran','Hana','Ivo','Jana'])[1 + n % 10] || ' ' ||
        (ARRAY['Abel','Brandt','Costa','Diaz','Evans','Fischer','Garcia','Huang','Ito','Jensen','Kaya'])[1 + (n / 10) % 11] || ' ' || n
      FROM generate_series(0, ${SIZES.users - 1}) n`,
  ],
  [
    'group members',
    `INSERT INTO group_members (id, group_id, user_id, role) VALUES (gen_random_uuid(), ${group('0')}, ${user('0')}, 'admin');
    INSERT INTO group_members (id, group_id, user_id, role)
      SELECT gen_random_uuid(), ${group(`1 + t % ${SIZES.schools}`)}, ${user('1 + t')}, 'teacher' FROM generate_series(0, ${SIZES.teachers - 1}) t`,
  ],
  [
    'classes',
    `INSERT INTO classes (id, tenant_id, group_id, name, subject)
      SELECT ${classId('c')}, ${group('0')}, ${group(`${firstDepartment} + (c % ${SIZES.schools * SIZES.departmentsOfSchool})`)}, 'Class ' || c, 'math' FROM generate_series(0, ${SIZES.classes - 1}) c;
    INSERT INTO class_members (id, class_id, user_id, role)
      SELECT gen_random_uuid(), ${classId('c')}, ${user(`1 + c / ${classesOfTeacher}`)}, 'teacher' FROM generate_series(0, ${SIZES.classes - 1}) c;
    INSERT INTO class_members (id, class_id, user_id, role)
      SELECT gen_random_uuid(), ${classId('c')}, ${studentOf('c', 's')}, 'student'
      FROM generate_series(0, ${SIZES.classes - 1}) c, generate_series(0, ${SIZES.studentsOfClass - 1}) s`,
  ],
  [
    'tools',
    `BEGIN; INSERT INTO tools (id, tenant_id, group_id, author_id, type, visibility, state, name, description, current_version, published_at)
      SELECT ${tool('t')}, ${group('0')}, ${group('0')}, ${user('1 + t')}, 'chat', 'tenant', 'published', 'Tool ' || t, 'A coach.', 1, now() FROM generate_series(0, ${SIZES.tools - 1}) t;
    INSERT INTO tool_versions (id, tool_id, version, definition, content_hash, created_by)
      SELECT gen_random_uuid(), ${tool('t')}, 1, '${DEFINITION}', repeat('0', 64), ${user('1 + t')} FROM generate_series(0, ${SIZES.tools - 1}) t; COMMIT`,
  ],
  [
    'assignments',
    `INSERT INTO assignments (id, tenant_id, class_id, tool_id, tool_version, title, instructions, state, published_at, due_at, created_by)
      SELECT ${assignment('a')}, ${group('0')}, ${classId(`a / ${SIZES.assignmentsOfClass}`)}, ${tool(`a % ${SIZES.tools}`)}, 1, 'Assignment ' || a, 'Work through the steps.',
        'published', now(), now() + make_interval(days => (a % 30)), ${user(`1 + (a / ${SIZES.assignmentsOfClass}) / ${classesOfTeacher}`)}
      FROM generate_series(0, ${assignments - 1}) a`,
  ],
  [
    'submissions',
    `INSERT INTO submissions (id, tenant_id, assignment_id, user_id, attempt, tool_id, tool_version, state, answer, submitted_at, draft_score)
      SELECT gen_random_uuid(), ${group('0')}, ${assignment('a')}, ${studentOf(`a / ${SIZES.assignmentsOfClass}`, 's')}, 1, ${tool(`a % ${SIZES.tools}`)}, 1,
        'submitted', 'An answer of a student, of ordinary length, to the question that was asked.', now(), (a + s) % 101
      FROM generate_series(0, ${assignments - 1}) a, generate_series(0, ${SIZES.submissionsOfAssignment - 1}) s`,
  ],
];

/** Fills an empty, migrated database. Takes about half a minute. */
export async function loadDataset(databaseUrl: string, log: (line: string) => void): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    for (const [what, statement] of STATEMENTS) {
      const started = Date.now();
      await client.query(statement);
      log(`loaded ${what} in ${((Date.now() - started) / 1000).toFixed(1)} s`);
    }
    await client.query('VACUUM ANALYZE');
  } finally {
    await client.end();
  }
}
