import { sql } from '../../../platform/db/sql';
import { type Client, createTestApp, type TestApp } from '../../../testing/app';
import { ExportScene } from '../exports.builder';

type Row = Record<string, unknown>;

let app: TestApp;
let scene: ExportScene;
let asAdmin: Client;
let ada: string;

beforeEach(async () => {
  app = await createTestApp();
  scene = await ExportScene.create(app);
  asAdmin = await app.as(scene.admin.id);
  ada = scene.students[0]?.id as string;
});
afterEach(() => app.close());

/** The rows of an export, made as the worker makes it. */
async function rowsOf(kind: string, more: object = {}, client: Client = asAdmin): Promise<Row[]> {
  const text = await scene.fileFor(kind, 'ndjson', more, client);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);
}

describe('exports of past work', () => {
  it('contain the work of an archived class, for the class and for its group', async () => {
    const { id } = await scene.world.submission(scene.assignment, { id: ada }, { answer: 'Old frogs' });
    await scene.addMessages(4);
    await asAdmin.delete(`/classes/${scene.schoolClass.id}`).expect(204);
    const school = { scope: { groupId: scene.school.id } };
    for (const scope of [{}, school]) {
      expect(await rowsOf('submissions', scope)).toMatchObject([{ submission_id: id, answer: 'Old frogs' }]);
      expect(await rowsOf('messages', scope)).toHaveLength(4);
      const members = (await rowsOf('roster', scope)).filter(({ place_type }) => place_type === 'class');
      expect(members.map(({ place_archived }) => place_archived)).toEqual([true, true, true, true]);
    }
    expect(await rowsOf('gradebook')).toHaveLength(2);
    const ofGroup = (await rowsOf('roster', school)).filter(({ place_type }) => place_type === 'group');
    expect(ofGroup).toMatchObject([{ user_id: scene.admin.id, place_archived: false }]);
  });
});

describe('drafts of the requester', () => {
  it('are left out for an administrator who is a student of the class', async () => {
    const { admin, assignment, schoolClass, world } = scene;
    await world.classMember(schoolClass, 'student', admin);
    for (const id of [admin.id, ada]) await world.submission(assignment, { id }, { state: 'submitted' });
    await app.container.platform.db.execute(
      sql`UPDATE submissions SET draft_score = 8, draft_feedback = 'Not said yet', graded_at = now()
          WHERE assignment_id = ${assignment.id}::uuid`,
    );
    const draftOf = (rows: Row[], id: string) => {
      const { draft_score, draft_feedback = null, graded_at } = rows.find((r) => r.student_id === id) as Row;
      return [draft_score, draft_feedback, graded_at !== null];
    };
    for (const kind of ['gradebook', 'submissions']) {
      const feedback = kind === 'gradebook' ? null : 'Not said yet';
      const own = await rowsOf(kind);
      expect([kind, draftOf(own, admin.id)]).toEqual([kind, [null, null, false]]);
      expect([kind, draftOf(own, ada)]).toEqual([kind, [8, feedback, true]]);
      const byTeacher = await rowsOf(kind, {}, scene.asTeacher);
      expect([kind, draftOf(byTeacher, admin.id)]).toEqual([kind, [8, feedback, true]]);
    }
  });
});
