import { sql } from '../platform/db/sql';
import { type Client, createTestApp, type TestApp } from './app';
import { World } from './world';

/** A moment, in hours after the beginning of each test. */
export const hours = (n: number): Date => new Date(Date.UTC(2027, 2, 1, 12) + n * 3_600_000);
export const iso = (n: number): string => hours(n).toISOString();

export type Values = NonNullable<Parameters<World['assignment']>[3]>;

const NAMES = [
  'teacher',
  'assistant',
  'student',
  'classmate',
  'guardian',
  'otherGuardian',
  'admin',
  'colleague',
  'staff',
  'stranger',
  'platformAdmin',
] as const;
export type Name = (typeof NAMES)[number];

interface Answer {
  status: number;
  body: { error?: { details: { reason?: string } } };
}

/** A class with everybody who may want to see its work, at a time that the test chooses. */
class SubmissionsScene {
  app!: TestApp;
  world!: World;
  schoolClass!: { id: string; groupId: string; tenantId: string };
  tool!: { id: string; version: number };
  now = hours(0);
  readonly ids = {} as Record<Name, string>;
  readonly clients = {} as Record<Name, Client>;

  async open(): Promise<void> {
    this.app = await createTestApp({ clock: { now: () => this.now } });
    this.world = new World(this.app.container);
    const { world } = this;
    const district = await world.group();
    const school = await world.group({ under: district });
    this.schoolClass = await world.class(school);
    const pupil = async (name: string) =>
      world.classMember(this.schoolClass, 'student', await world.user({ name, tenantId: district.id }));
    const [student, classmate] = [await pupil('Ada'), await pupil('Ben')];
    const people: Record<Name, { id: string }> = {
      teacher: await world.member(school, 'teacher'),
      assistant: await world.classMember(this.schoolClass, 'assistant'),
      student,
      classmate,
      guardian: await world.guardian(student, district.id),
      otherGuardian: await world.guardian(classmate, district.id),
      admin: await world.member(district, 'admin'),
      colleague: await world.member(school, 'teacher'),
      staff: await world.member(school, 'staff'),
      stranger: await world.member(await world.group(), 'teacher'),
      platformAdmin: await world.user({ isPlatformAdmin: true }),
    };
    await world.classMember(this.schoolClass, 'teacher', people.teacher);
    for (const name of NAMES) {
      this.ids[name] = people[name].id;
      this.clients[name] = await this.app.as(people[name].id);
    }
    this.tool = await world.tool(school, people.teacher);
  }

  setTime(now: Date): void {
    this.now = now;
  }

  readonly assign = (values: Values = {}) =>
    this.world.assignment(this.schoolClass, this.tool, { id: this.ids.teacher }, values);

  readonly begin = (assignment: { id: string }, name: Name = 'student') =>
    this.clients[name].post(`/assignments/${assignment.id}/submissions`).send({});

  /** Begins an attempt of the student without content. Returns its id. */
  readonly begun = async (assignment?: { id: string }): Promise<string> => {
    const response = await this.begin(assignment ?? (await this.assign()));
    if (response.status !== 201) throw new Error(`${response.status}: ${response.text}`);
    return response.body.data.id;
  };

  /** Begins an attempt of the student with an answer, so that it can be submitted. Returns its id. */
  readonly written = async (assignment?: { id: string }): Promise<string> => {
    const id = await this.begun(assignment);
    const { db } = this.app.container.platform;
    await db.execute(sql`UPDATE submissions SET answer = 'My answer' WHERE id = ${id}::uuid`);
    return id;
  };

  readonly handIn = (id: string, name: Name = 'student') =>
    this.clients[name].post(`/submissions/${id}/submit`).send({});

  readonly grade = (
    id: string,
    body: object = { score: 80, feedback: 'DRAFT feedback' },
    name: Name = 'teacher',
  ) => this.clients[name].post(`/submissions/${id}/grade`).send(body);

  readonly returnWork = (id: string, body: object = {}, name: Name = 'teacher') =>
    this.clients[name].post(`/submissions/${id}/return`).send(body);

  readonly reasonOf = ({ status, body }: Answer) => [status, body.error?.details.reason];

  /** The audit events of an object, in order. */
  readonly trail = async (id: string): Promise<string[]> => {
    const rows = await this.app.container.platform.db.prisma.auditEvent.findMany({
      where: { subjectId: id },
      orderBy: { seq: 'asc' },
    });
    return rows.map((row) => row.action);
  };
}

/** Opens the scene before the tests of the file and closes it after them; each test begins at `hours(0)`. */
export function submissionsScene(): SubmissionsScene {
  const scene = new SubmissionsScene();
  beforeAll(() => scene.open());
  afterAll(() => scene.app.close());
  beforeEach(() => scene.setTime(hours(0)));
  return scene;
}
