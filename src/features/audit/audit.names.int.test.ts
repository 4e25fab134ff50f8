import type { Scope } from '../../authz/actions';
import { newId } from '../../shared/ids';
import { type Client, createTestApp, type TestApp } from '../../testing/app';
import { World } from '../../testing/world';

let app: TestApp;
let world: World;
let district: { id: string; tenantId: string; path: string };
let adminId: string;
let admin: Client;
let student: { id: string };
let operator: { id: string };

beforeAll(async () => {
  app = await createTestApp();
  world = new World(app.container);
  district = await world.group({ name: 'Lakeside', kind: 'district' });
  adminId = (await world.member(district, 'admin', await person('Ada Admin'))).id;
  admin = await app.as(adminId);
  student = await world.member(district, 'student', await person('Sam Student'));
  operator = await world.user({ name: 'Olga Operator', isPlatformAdmin: true });
});
afterAll(() => app.close());

const person = (name: string) => world.user({ name, tenantId: district.tenantId });

interface Names {
  action: string;
  actorName: string | null;
  subjectName: string | null;
  aboutUserName: string | null;
}

const namesOf = async (query: string, client: Client = admin) =>
  ((await client.get(`/admin/audit?${query}`).expect(200)).body.data as Names[]).map(
    ({ actorName, subjectName, aboutUserName }) => [actorName, subjectName, aboutUserName],
  );

async function tokenOf(userId: string, scopes: Scope[]): Promise<Client> {
  const { access, auth } = app.container;
  const principal = await access.findPrincipal(userId, { sessionId: null, kind: 'bearer', scopes: null });
  if (principal === null) throw new Error('nobody');
  const expiresAt = new Date(Date.now() + 3_600_000);
  const owner = { ...principal, sessionId: newId() };
  return app.withToken((await auth.apiTokens.create(owner, { name: 'script', scopes, expiresAt })).secret);
}

/** The events about this subject, by any actor. */
const about = (subjectType: string, subjectId: string, aboutUserId: string | null = null) =>
  app.container.audit.record(
    { type: subjectType, id: subjectId, tenantId: district.tenantId, aboutUserId },
    'test.happened',
  );

describe('the names in the audit trail', () => {
  it('say who did what to whom, in the list and in the single event', async () => {
    await admin.patch(`/users/${student.id}`).send({ name: 'Samantha Student' }).expect(200);
    const query = `action=user.updated&subjectId=${student.id}`;
    expect(await namesOf(query)).toEqual([['Ada Admin', 'Samantha Student', 'Samantha Student']]);
    const [listed] = (await admin.get(`/admin/audit?${query}`)).body.data;
    expect((await admin.get(`/admin/audit/${listed.id}`).expect(200)).body.data).toEqual(listed);
  });

  it('are those of groups, classes, tools, assignments and models, too', async () => {
    const schoolClass = await world.class(district, { name: 'Biology 7b' });
    const teacher = await world.classMember(schoolClass, 'teacher');
    const tool = await world.tool(district, teacher);
    const assignment = await world.assignment(schoolClass, tool, teacher);
    const { title } = await app.container.platform.db.prisma.assignment.findUniqueOrThrow({
      where: { id: assignment.id },
    });
    const { name } = await app.container.platform.db.prisma.tool.findUniqueOrThrow({
      where: { id: tool.id },
    });
    const model = await admin.post('/admin/ai-models').send({ name: 'm/1', displayName: 'Model One' });
    for (const [type, id, called] of [
      ['group', district.id, 'Lakeside'],
      ['class', schoolClass.id, 'Biology 7b'],
      ['tool', tool.id, name],
      ['assignment', assignment.id, title],
      ['ai_model', model.body.data.id, 'Model One'],
      ['submission', newId(), null],
    ]) {
      await about(type, id);
      expect([type, ...(await namesOf(`action=test.happened&subjectId=${id}`))]).toEqual([
        type,
        [null, called, null],
      ]);
    }
  });

  it('leave out people whom the reader may not read', async () => {
    const asOperator = await app.as(operator.id);
    await asOperator.patch(`/groups/${district.id}`).send({ name: 'Lakeside' }).expect(200);
    await about('user', operator.id, operator.id);
    expect(await namesOf(`actorId=${operator.id}`)).toEqual([[null, 'Lakeside', null]]);
    expect(await namesOf(`subjectId=${operator.id}`)).toEqual([[null, null, null]]);
    expect(await namesOf(`actorId=${operator.id}`, asOperator)).toEqual([
      ['Olga Operator', 'Lakeside', null],
    ]);
  });

  it('leave out the things of other tenants', async () => {
    const elsewhere = await world.group({ name: 'Elsewhere' });
    await about('group', elsewhere.id);
    expect(await namesOf(`subjectId=${elsewhere.id}`)).toEqual([[null, null, null]]);
    expect(await namesOf(`subjectId=${elsewhere.id}`, await app.as(operator.id))).toEqual([
      [null, 'Elsewhere', null],
    ]);
  });

  it('are only for API tokens with users:read', async () => {
    const query = `action=user.updated&subjectId=${student.id}`;
    expect(await namesOf(query, await tokenOf(adminId, ['audit:read']))).toEqual([[null, null, null]]);
    expect(await namesOf(query, await tokenOf(adminId, ['audit:read', 'users:read']))).toEqual([
      ['Ada Admin', 'Samantha Student', 'Samantha Student'],
    ]);
  });

  it('are gone with a person who is deleted, while the event stays', async () => {
    const leaver = await world.member(district, 'teacher', await person('Lee Leaver'));
    await (await app.as(leaver.id)).patch('/auth/me').send({ name: 'Lee L.' }).expect(200);
    expect((await namesOf(`actorId=${leaver.id}&action=user.updated`))[0]?.[0]).toBe('Lee L.');
    await app.container.platform.db.prisma.user.update({
      where: { id: leaver.id },
      data: { deletedAt: new Date() },
    });
    const { data } = (await admin.get(`/admin/audit?actorId=${leaver.id}&action=user.updated`)).body;
    expect(data[0]).toMatchObject({ actorId: leaver.id, actorName: null, subjectName: null });
  });

  it('take as many statements for a page of fifty as for one of two', async () => {
    for (let i = 0; i < 50; i += 1)
      await about('user', (await world.member(district, 'student')).id, student.id);
    const { db } = app.container.platform;
    const statementsOf = async (limit: number): Promise<number> => {
      const rows = jest.spyOn(db, 'rows');
      const { length } = await namesOf(`action=test.happened&limit=${limit}`);
      expect(length).toBe(limit);
      const count = rows.mock.calls.length;
      rows.mockRestore();
      return count;
    };
    // The first request may still have to load the caller.
    await statementsOf(2);
    expect(await statementsOf(50)).toBe(await statementsOf(2));
  });

  it('are in no row of the trail', async () => {
    const rows = await app.container.platform.db.prisma.auditEvent.findMany({
      where: { tenantId: district.tenantId },
    });
    const text = JSON.stringify(rows, (_key, value) => (typeof value === 'bigint' ? String(value) : value));
    expect(rows.length).toBeGreaterThan(50);
    for (const name of ['Ada Admin', 'Samantha', 'Lakeside', 'Lee L.']) expect(text).not.toContain(name);
  });
});
