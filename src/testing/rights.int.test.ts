import fc from 'fast-check';
import { CLASS_ROLES, type ClassRole, GROUP_ROLES, isWithinAny } from '../authz/access';
import { type Client, createTestApp, type TestApp } from './app';
import { CLASSES, type ClassName, GROUPS, type GroupName, type Rights, RightsModel } from './rights-model';
import { World } from './world';

const PEOPLE = 5;
const KINDS = [
  'addMember',
  'changeMember',
  'removeMember',
  'addToClass',
  'changeInClass',
  'removeFromClass',
  'addGuardian',
  'removeGuardian',
  'moveGroup',
  'moveClass',
  'archiveGroup',
  'restoreGroup',
  'archiveClass',
  'restoreClass',
  'deactivate',
  'reactivate',
] as const;
interface Step {
  kind: (typeof KINDS)[number];
  person: number;
  other: number;
  group: GroupName;
  schoolClass: ClassName;
  role: number;
}
const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(...KINDS),
  person: fc.nat(PEOPLE - 1),
  other: fc.nat(PEOPLE - 1),
  group: fc.constantFrom(...GROUPS),
  schoolClass: fc.constantFrom(...CLASSES),
  role: fc.nat(GROUP_ROLES.length - 1),
});
const RUNS = 8;
/** It takes about 40 s on an idle machine. */
const SLOW_MACHINE_MS = 300_000;

/** A district, played by its operator and by a teacher of every class, and the model beside it. */
class Play {
  readonly model = new RightsModel();
  readonly groups = {} as Record<GroupName, Awaited<ReturnType<World['group']>>>;
  readonly classes = {} as Record<ClassName, Awaited<ReturnType<World['class']>>>;
  readonly people: string[] = [];
  private operator!: Client;
  private teacher!: Client;

  constructor(
    private readonly app: TestApp,
    private readonly world: World,
  ) {}

  async open(): Promise<void> {
    const { world, groups, classes } = this;
    groups.root = await world.group();
    groups.north = await world.group({ under: groups.root });
    groups.south = await world.group({ under: groups.root });
    groups.department = await world.group({ under: groups.north });
    const head = await world.member(groups.root, 'teacher');
    await world.member(groups.root, 'admin');
    for (const name of CLASSES) {
      classes[name] = await world.class(groups[this.model.places[name]]);
      await world.classMember(classes[name], 'teacher', head);
    }
    // The last of them signs in with a username: it must make no difference.
    for (let i = 1; i < PEOPLE; i += 1) this.people.push((await world.user({ tenantId: groups.root.id })).id);
    this.people.push((await world.userWithoutEmail(groups.root.id)).id);
    this.operator = await this.app.as((await world.user({ isPlatformAdmin: true })).id);
    this.teacher = await this.app.as(head.id);
  }

  async take(each: Step): Promise<void> {
    await this[each.kind](each);
    this.model.endWhatRestsOnNothing();
    for (const person of this.people.keys())
      expect({ after: each, person, ...(await this.rightsOf(person)) }).toEqual({
        after: each,
        person,
        ...this.model.rightsOf(person),
      });
  }

  /** The system's view: the facts that decide every request, including cached ones. */
  private async rightsOf(person: number): Promise<Rights> {
    const found = await this.app.container.access.findPerson(this.people[person] as string);
    if (found === null) throw new Error('a person has gone');
    const { access } = found;
    const paths = await this.app.container.platform.db.prisma.$queryRaw<{ id: string; path: string }[]>`
      SELECT id::text, path::text FROM groups WHERE deleted_at IS NULL`;
    const pathOf = new Map(paths.map(({ id, path }) => [id, path]));
    const within = (reach: readonly string[]) =>
      GROUPS.filter((name) => {
        const path = pathOf.get(this.groups[name].id);
        return path !== undefined && isWithinAny(path, reach);
      });
    const named = (roles: ReadonlyMap<string, ClassRole>) =>
      CLASSES.flatMap((name) => {
        const role = roles.get(this.classes[name].id);
        return role === undefined ? [] : [`${name} ${role}`];
      }).toSorted();
    return {
      manages: within(access.adminPaths),
      views: within(access.viewPaths),
      classRoles: named(access.classRoles),
      archivedClassRoles: named(access.archivedClassRoles),
      observes: [...access.observedStudentIds].map((id) => String(this.people.indexOf(id))).toSorted(),
    };
  }

  private membership({ person, group }: Step) {
    return this.model.memberships.find((each) => each.person === person && each.group === group);
  }

  private entry({ person, schoolClass }: Step) {
    return this.model.classEntries.find((each) => each.person === person && each.schoolClass === schoolClass);
  }

  private roleOf = ({ role }: Step) => GROUP_ROLES[role] ?? 'student';
  private classRoleOf = ({ role }: Step) =>
    CLASS_ROLES.filter((each) => each !== 'observer')[role % 3] ?? 'student';
  private inUse = (name: ClassName) =>
    !this.model.archivedClasses.has(name) && this.model.isAlive(this.model.places[name]);

  async addMember(each: Step): Promise<void> {
    if (this.membership(each) !== undefined || !this.model.isAlive(each.group)) return;
    const role = this.roleOf(each);
    const body = { userId: this.people[each.person], role };
    await this.operator.post(`/groups/${this.groups[each.group].id}/members`).send(body).expect(201);
    this.model.memberships.push({ person: each.person, group: each.group, role });
  }

  async changeMember(each: Step): Promise<void> {
    const found = this.membership(each);
    if (found === undefined || !this.model.isAlive(each.group)) return;
    found.role = this.roleOf(each);
    const path = `/groups/${this.groups[each.group].id}/members/${this.people[each.person]}`;
    await this.operator.patch(path).send({ role: found.role }).expect(200);
  }

  async removeMember(each: Step): Promise<void> {
    const found = this.membership(each);
    if (found === undefined || !this.model.isAlive(each.group)) return;
    this.model.memberships = this.model.memberships.filter((membership) => membership !== found);
    const path = `/groups/${this.groups[each.group].id}/members/${this.people[each.person]}`;
    await this.operator.delete(path).expect(200);
  }

  async addToClass(each: Step): Promise<void> {
    const { person, schoolClass } = each;
    if (!this.inUse(schoolClass) || this.entry(each) !== undefined) return;
    const role = this.classRoleOf(each);
    const isCarried = this.model.carries(person, schoolClass, role);
    await this.teacher
      .post(`/classes/${this.classes[schoolClass].id}/members`)
      .send({ userId: this.people[person], role })
      .expect(isCarried ? 201 : 404);
    if (isCarried) this.model.classEntries.push({ person, schoolClass, role });
  }

  async changeInClass(each: Step): Promise<void> {
    const found = this.entry(each);
    if (found === undefined || !this.inUse(each.schoolClass)) return;
    const role = this.classRoleOf(each);
    const isCarried = this.model.carries(each.person, each.schoolClass, role);
    const path = `/classes/${this.classes[each.schoolClass].id}/members/${this.people[each.person]}`;
    await this.operator
      .patch(path)
      .send({ role })
      .expect(isCarried ? 200 : 409);
    if (isCarried) found.role = role;
  }

  async removeFromClass(each: Step): Promise<void> {
    const found = this.entry(each);
    if (found === undefined || !this.inUse(each.schoolClass)) return;
    this.model.classEntries = this.model.classEntries.filter((entry) => entry !== found);
    const path = `/classes/${this.classes[each.schoolClass].id}/members/${this.people[each.person]}`;
    await this.operator.delete(path).expect(204);
  }

  async addGuardian({ person: student, other: guardian }: Step): Promise<void> {
    const isNew = !this.model.guardians.some(
      (each) => each.guardian === guardian && each.student === student,
    );
    await this.operator
      .post(`/users/${this.people[student]}/guardians`)
      .send({ userId: this.people[guardian] })
      .expect(student === guardian ? 400 : isNew ? 201 : 409);
    if (isNew && student !== guardian) this.model.guardians.push({ guardian, student });
  }

  async removeGuardian({ person: student, other: guardian }: Step): Promise<void> {
    const found = this.model.guardians.find((each) => each.guardian === guardian && each.student === student);
    await this.operator
      .delete(`/users/${this.people[student]}/guardians/${this.people[guardian]}`)
      .expect(found === undefined ? 404 : 204);
    this.model.guardians = this.model.guardians.filter((each) => each !== found);
  }

  async moveGroup({ group: target }: Step): Promise<void> {
    if (target === 'department' || !this.model.isAlive('department') || !this.model.isAlive(target)) return;
    const body = { parentId: this.groups[target].id };
    await this.operator.patch(`/groups/${this.groups.department.id}`).send(body).expect(200);
    this.model.parents.department = target;
  }

  async moveClass({ schoolClass, group }: Step): Promise<void> {
    if (!this.inUse(schoolClass) || !this.model.isAlive(group)) return;
    const body = { groupId: this.groups[group].id };
    await this.operator.patch(`/classes/${this.classes[schoolClass].id}`).send(body).expect(200);
    this.model.places[schoolClass] = group;
  }

  async archiveGroup({ group }: Step): Promise<void> {
    if (group === 'root' || !this.model.isAlive(group)) return;
    await this.operator.delete(`/groups/${this.groups[group].id}`).expect(204);
    for (const each of GROUPS)
      if (this.model.isAlive(each) && this.model.above(each).includes(group))
        this.model.archivedBy.set(each, group);
  }

  async restoreGroup({ group }: Step): Promise<void> {
    const parent = this.model.parents[group];
    if (parent === null || this.model.archivedBy.get(group) !== group || !this.model.isAlive(parent)) return;
    await this.operator.post(`/groups/${this.groups[group].id}/restore`).expect(200);
    for (const [each, by] of [...this.model.archivedBy]) if (by === group) this.model.archivedBy.delete(each);
  }

  async archiveClass({ schoolClass }: Step): Promise<void> {
    if (!this.inUse(schoolClass)) return;
    await this.operator.delete(`/classes/${this.classes[schoolClass].id}`).expect(204);
    this.model.archivedClasses.add(schoolClass);
  }

  async restoreClass({ schoolClass }: Step): Promise<void> {
    if (!this.model.isAlive(this.model.places[schoolClass])) return;
    await this.operator.post(`/classes/${this.classes[schoolClass].id}/restore`).expect(200);
    this.model.archivedClasses.delete(schoolClass);
  }

  async deactivate({ person }: Step): Promise<void> {
    await this.operator.delete(`/users/${this.people[person]}`).expect(204);
    this.model.inactive.add(person);
  }

  async reactivate({ person }: Step): Promise<void> {
    await this.operator.post(`/users/${this.people[person]}/reactivate`).expect(200);
    this.model.inactive.delete(person);
  }
}

describe('rights', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp();
  });
  afterAll(() => app.close());

  it(
    'are what their grounds say, after any sequence of changes',
    async () => {
      const world = new World(app.container);
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 40, maxLength: 60 }), async (steps) => {
          const play = new Play(app, world);
          await play.open();
          for (const each of steps) await play.take(each);
        }),
        { numRuns: RUNS, endOnFailure: true },
      );
    },
    SLOW_MACHINE_MS,
  );
});
