import { type Client, createTestApp, type TestApp } from '../../testing/app';
import { World } from '../../testing/world';

type Group = { id: string; tenantId: string; path: string };

/**
 * Who may do what to a tool of a department. `-`: it does not exist for them; `R`: they see and use it, and
 * see its history; `f`: they may also copy it, because its author allows copies; `w`: they edit it, see its
 * behavior and publish it. Columns: draft, then published as private, group, tenant, public.
 */
const MATRIX: Record<string, [draft: string, priv: string, group: string, tenant: string, pub: string]> = {
  //                          draft private group tenant public
  author: /*               */ ['w', 'w', 'w', 'w', 'w'],
  departmentAdmin: /*      */ ['w', 'w', 'w', 'w', 'w'],
  districtAdmin: /*        */ ['w', 'w', 'w', 'w', 'w'],
  platformAdmin: /*        */ ['w', 'w', 'w', 'w', 'w'],
  departmentTeacher: /*    */ ['-', '-', 'f', 'f', 'f'],
  departmentStaff: /*      */ ['-', '-', 'R', 'R', 'R'],
  departmentStudent: /*    */ ['-', '-', '-', '-', '-'],
  departmentGuardian: /*   */ ['-', '-', '-', '-', '-'],
  schoolTeacherAbove: /*   */ ['-', '-', 'f', 'f', 'f'],
  teamTeacherBelow: /*     */ ['-', '-', 'f', 'f', 'f'],
  teamClassTeacher: /*     */ ['-', '-', 'R', 'R', 'R'],
  teamClassAssistant: /*   */ ['-', '-', 'R', 'R', 'R'],
  teamClassStudent: /*     */ ['-', '-', '-', '-', '-'],
  otherSchoolAdmin: /*     */ ['-', '-', '-', 'f', 'f'],
  otherSchoolTeacher: /*   */ ['-', '-', '-', 'f', 'f'],
  otherDistrictTeacher: /* */ ['-', '-', '-', '-', 'f'],
  otherDistrictAdmin: /*   */ ['-', '-', '-', '-', 'f'],
  otherDistrictStudent: /* */ ['-', '-', '-', '-', '-'],
  formerTeacher: /*        */ ['-', '-', '-', '-', '-'],
};
const COLUMNS = ['draft', 'private', 'group', 'tenant', 'public'] as const;

describe('the permissions on tools', () => {
  let app: TestApp;
  const clients: Record<string, Client> = {};
  const tools: Record<string, string> = {};
  let formersTool: string;

  beforeAll(async () => {
    app = await createTestApp();
    const world = new World(app.container);
    const district = await world.group();
    const school = await world.group({ under: district });
    const department = await world.group({ under: school });
    const team = await world.group({ under: department });
    const otherSchool = await world.group({ under: district });
    const otherDistrict = await world.group();
    const teamClass = await world.class(team);
    const people: Record<string, { id: string }> = {
      author: await world.member(department, 'teacher'),
      departmentAdmin: await world.member(department, 'admin'),
      districtAdmin: await world.member(district, 'admin'),
      platformAdmin: await world.user({ isPlatformAdmin: true }),
      departmentTeacher: await world.member(department, 'teacher'),
      departmentStaff: await world.member(department, 'staff'),
      departmentStudent: await world.member(department, 'student'),
      departmentGuardian: await world.member(department, 'guardian'),
      schoolTeacherAbove: await world.member(school, 'teacher'),
      teamTeacherBelow: await world.member(team, 'teacher'),
      teamClassTeacher: await world.classMember(teamClass, 'teacher'),
      teamClassAssistant: await world.classMember(teamClass, 'assistant'),
      teamClassStudent: await world.classMember(teamClass, 'student'),
      otherSchoolAdmin: await world.member(otherSchool, 'admin'),
      otherSchoolTeacher: await world.member(otherSchool, 'teacher'),
      otherDistrictTeacher: await world.member(otherDistrict, 'teacher'),
      otherDistrictAdmin: await world.member(otherDistrict, 'admin'),
      otherDistrictStudent: await world.member(otherDistrict, 'student'),
      formerTeacher: await world.user({ tenantId: district.id }),
    };
    for (const [name, person] of Object.entries(people)) clients[name] = await app.as(person.id);
    const make = async (group: Group, author: { id: string }, values: object) =>
      (await world.tool(group, author, values)).id;
    for (const column of COLUMNS) {
      const values = column === 'draft' ? { state: 'draft', visibility: 'public' } : { visibility: column };
      tools[column] = await make(department, people.author!, { ...values, forkable: true });
    }
    formersTool = await make(department, people.formerTeacher!, { visibility: 'private' });
  });
  afterAll(() => app.close());

  it.each(Object.entries(MATRIX))('of %s', async (name, cells) => {
    const client = clients[name]!;
    const listed = (await client.get('/tools?limit=100')).body.data.map((tool: { id: string }) => tool.id);
    const worksNowhere = cells.every((cell) => cell === '-');
    for (const [index, column] of COLUMNS.entries()) {
      const id = tools[column] as string;
      const cell = cells[index] as string;
      const told = `${name} and the ${column} tool`;
      const seen = await client.get(`/tools/${id}`);
      expect([told, seen.status]).toEqual([told, cell === '-' ? 404 : 200]);
      expect([told, listed.includes(id)]).toEqual([told, cell !== '-']);
      expect([told, (await client.get(`/tools/${id}/versions`)).status]).toEqual([
        told,
        cell === '-' ? 404 : 200,
      ]);
      // A caller who works with tools nowhere is refused before the body is read.
      const isHidden = cell === '-' && !worksNowhere;
      expect([told, (await client.patch(`/tools/${id}`).send({})).status]).toEqual([
        told,
        isHidden ? 404 : cell === 'w' ? 200 : 403,
      ]);
      if (cell === '-') continue;
      expect([told, seen.body.data.can]).toEqual([
        told,
        {
          update: cell === 'w',
          publish: cell === 'w' && column === 'draft',
          archive: cell === 'w',
          restore: false,
          fork: 'wf'.includes(cell),
          use: true,
          readVersions: true,
        },
      ]);
      expect([told, 'behavior' in seen.body.data.definition]).toEqual([told, cell === 'w']);
    }
  });

  it('of an author who teaches nowhere any more are to read, not to edit', async () => {
    const seen = await clients.formerTeacher!.get(`/tools/${formersTool}`);
    expect(seen.status).toBe(200);
    expect(seen.body.data.definition).not.toHaveProperty('behavior');
    expect(
      (await clients.formerTeacher!.patch(`/tools/${formersTool}`).send({ forkable: true })).status,
    ).toBe(403);
  });
});
