import { sql } from '../platform/db/sql';
import { submissionsScene } from '../testing/submissions-scene';

describe('a repeat under an Idempotency-Key', () => {
  const scene = submissionsScene();
  let keys = 0;

  const forget = async (table: 'class_members' | 'group_members') => {
    const userId = scene.ids.colleague;
    await scene.app.container.platform.db.execute(
      table === 'class_members'
        ? sql`DELETE FROM class_members WHERE user_id = ${userId}::uuid`
        : sql`DELETE FROM group_members WHERE user_id = ${userId}::uuid`,
    );
    await scene.app.container.access.usersChanged([userId]);
  };
  /** Makes the colleague a teacher of the class, for now. */
  const teach = () => scene.world.classMember(scene.schoolClass, 'teacher', { id: scene.ids.colleague });
  /** Sends the same request of the colleague at each call. */
  const repeatable = (path: string, body: object) => {
    keys += 1;
    const key = `replay-${keys}`;
    return () => scene.clients.colleague.post(path).set('Idempotency-Key', key).send(body);
  };
  const assignmentBody = () => ({ classId: scene.schoolClass.id, toolId: scene.tool.id, title: 'Essay' });

  afterEach(() => forget('class_members'));

  it('is answered as before while its caller may see the result', async () => {
    await teach();
    const ask = repeatable('/assignments', assignmentBody());
    const first = await ask().expect(201);
    const again = await ask().expect(201);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.text).toBe(first.text);
    expect(again.headers.location).toBe(first.headers.location);
  });

  it('shows a resource as it is now', async () => {
    await teach();
    const ask = repeatable('/assignments', assignmentBody());
    const { id } = (await ask().expect(201)).body.data;
    await scene.clients.colleague.patch(`/assignments/${id}`).send({ title: 'Poem' }).expect(200);
    const again = await ask().expect(201);
    expect(again.body.data).toMatchObject({ id, title: 'Poem' });
    const read = await scene.clients.colleague.get(`/assignments/${id}`).expect(200);
    expect(again.headers.etag).toBe(read.headers.etag);
  });

  it('shows nothing of a draft to a teacher who was taken out of the class', async () => {
    await teach();
    const ask = repeatable('/assignments', assignmentBody());
    await ask().expect(201);
    await forget('class_members');
    const again = await ask().expect(404);
    expect(again.text).not.toContain('Essay');
    expect(again.headers['idempotency-replayed']).toBeUndefined();
  });

  it('shows no member of the class to one who may add none any more, and adds none twice', async () => {
    await teach();
    const ask = repeatable(`/classes/${scene.schoolClass.id}/members`, {
      userId: scene.ids.staff,
      role: 'assistant',
    });
    const first = await ask().expect(201);
    expect((await ask().expect(201)).text).toBe(first.text);
    await forget('class_members');
    const again = await ask().expect(403);
    expect(again.text).not.toContain(scene.ids.staff);
  });

  it('keeps the code of a class from its teacher who has left the school', async () => {
    const ask = repeatable('/classes', { groupId: scene.schoolClass.groupId, name: 'Latin' });
    const { joinCode } = (await ask().expect(201)).body.data;
    expect((await ask().expect(201)).body.data.joinCode).toBe(joinCode);
    await forget('class_members');
    await forget('group_members');
    await ask().expect(404);
  });
});
