import type { Scope } from '../authz/actions';
import type { Container } from '../container';
import { sql } from '../platform/db/sql';
import { newId } from '../shared/ids';
import { tokenFor } from './app';
import { endedJob } from './ended-job';
import { World } from './world';

type Group = Awaited<ReturnType<World['group']>>;
type Person = { id: string };

/**
 * The actors. All have their role at the school, except the tenant admin, whose role covers the whole
 * district, and `invited`, who has not accepted.
 */
export const ACTORS = [
  'student',
  'pupil',
  'teacher',
  'colleague',
  'assistant',
  'observer',
  'staff',
  'guardian',
  'invited',
  'groupAdmin',
  'tenantAdmin',
  'platformAdmin',
] as const;
export type Actor = (typeof ACTORS)[number];

/**
 * The places of the requested object. `own`: at the school, in the class of student, teacher, assistant and
 * observer (the student's guardian). `mate`: the same, but of another student. `peer`: at the school, in
 * the colleague's class. The others are the group below the school, the district above it, another school
 * of the district, and another district.
 */
export const PLACES = ['own', 'mate', 'peer', 'below', 'above', 'sibling', 'foreign'] as const;
export type Place = (typeof PLACES)[number];

/** The objects at a place, one of each kind and state that a route needs. */
export interface Things {
  group: Group;
  archivedGroup: Person;
  schoolClass: Person & { groupId: string; tenantId: string; joinCode: string };
  archivedClass: Person;
  author: Person;
  student: Person;
  member: Person;
  /** In the class, without e-mail. */
  pupil: Person;
  /** The student's guardian. */
  guardian: Person;
  newcomer: Person;
  invitation: Person;
  classInvitation: Person;
  deactivated: Person;
  tool: Person & { version: number };
  draftTool: Person & { version: number };
  productTool: Person & { version: number };
  assignment: Person;
  draftAssignment: Person;
  inProgress: Person;
  submitted: Person;
  returned: Person;
  session: Person;
  messageId: string;
  queuedRun: Person;
  doneRun: Person;
  model: Person;
  signIn: Person;
  apiToken: Person;
  notification: Person;
  auditEvent: Person;
  export: Person;
  /** An ended workflow. */
  job: Person;
}

/** A district with one person in each role, and one object of each kind at each place. */
export class PermissionDistrict {
  readonly actors = {} as Record<Actor, Person>;
  readonly tokens = {} as Record<Actor | 'deactivated', string>;
  private readonly groups = {} as Record<Place, Group>;
  private readonly contents = new Map<Place, Things>();
  private readonly world: World;

  private constructor(private readonly container: Container) {
    this.world = new World(container);
  }

  static async build(container: Container): Promise<PermissionDistrict> {
    const district = new PermissionDistrict(container);
    await district.buildTree();
    await district.buildActors();
    for (const place of PLACES) if (place !== 'mate') await district.furnish(place);
    return district;
  }

  at(place: Place): Things {
    return this.contents.get(place) as Things;
  }

  /** Creates an API token of this person with these scopes. */
  async apiToken(actor: Actor, scopes: readonly Scope[]): Promise<string> {
    const { apiTokens } = this.container.auth;
    const principal = await this.container.access.findPrincipal(this.actors[actor].id, {
      sessionId: null,
      kind: 'bearer',
      scopes: null,
    });
    if (principal === null) throw new Error(`${actor} is nobody`);
    // Only a person who has signed in creates tokens; which sign-in it is does not matter here.
    const { secret } = await apiTokens.create(
      { ...principal, sessionId: newId() },
      { name: 'script', scopes, expiresAt: new Date(Date.now() + 86_400_000) },
    );
    return secret;
  }

  /** Restores a place after a request has changed its objects. */
  async repair(place: Place): Promise<void> {
    const { container, actors, groups } = this;
    const { db } = container.platform;
    const tree = Object.values(groups).map(({ id }) => id);
    await db.execute(
      sql`UPDATE groups SET deleted_at = NULL, archived_by_group_id = NULL WHERE id = ANY(${tree}::uuid[])`,
    );
    // `own` and `mate` share a class.
    const base = place === 'mate' ? 'own' : place;
    await this.empty(base);
    await this.furnish(base);
    for (const { tenantId } of [groups.own, groups.foreign]) await container.access.tenantChanged(tenantId);
    await container.access.usersChanged(Object.values(actors).map(({ id }) => id));
  }

  /** No role from the previous objects may stay, nor a queue or list that only grows. */
  private async empty(place: Place): Promise<void> {
    const { db } = this.container.platform;
    const { schoolClass, archivedClass } = this.at(place);
    const classes = [schoolClass.id, archivedClass.id];
    await db.execute(sql`DELETE FROM class_members WHERE class_id = ANY(${classes}::uuid[])`);
    await db.execute(sql`UPDATE users SET tenant_id = NULL WHERE is_platform_admin`);
    await db.execute(
      sql`UPDATE runs SET state = 'cancelled', output = NULL, error_code = NULL, finished_at = now() WHERE state IN ('queued', 'running')`,
    );
    await db.execute(
      sql`UPDATE exports SET state = 'cancelled', finished_at = now() WHERE state IN ('queued', 'running')`,
    );
  }

  private async buildTree(): Promise<void> {
    const { world, groups } = this;
    groups.above = await world.group({ kind: 'district' });
    groups.own = await world.group({ under: groups.above, kind: 'school' });
    groups.mate = groups.own;
    groups.peer = groups.own;
    groups.below = await world.group({ under: groups.own, kind: 'department' });
    groups.sibling = await world.group({ under: groups.above, kind: 'school' });
    groups.foreign = await world.group({ kind: 'district' });
  }

  private async buildActors(): Promise<void> {
    const { world, groups, container } = this;
    const { own: school, above: district } = groups;
    const people: Record<Actor, Person> = {
      student: await world.member(school, 'student'),
      pupil: await world.member(school, 'student', await world.userWithoutEmail(school.tenantId)),
      teacher: await world.member(school, 'teacher'),
      colleague: await world.member(school, 'teacher'),
      assistant: await world.user({ tenantId: school.tenantId }),
      observer: await world.member(school, 'guardian'),
      staff: await world.member(school, 'staff'),
      guardian: await world.member(school, 'guardian'),
      invited: await world.user(),
      groupAdmin: await world.member(school, 'admin'),
      tenantAdmin: await world.member(district, 'admin'),
      platformAdmin: await world.user({ isPlatformAdmin: true }),
    };
    Object.assign(this.actors, people);
    await world.observes(people.observer, people.student);
    for (const actor of ACTORS) this.tokens[actor] = await tokenFor(container, people[actor].id);
    const gone = await world.member(school, 'admin');
    this.tokens.deactivated = await tokenFor(container, gone.id);
    await container.platform.db.execute(
      sql`UPDATE users SET status = 'deactivated', deactivated_at = now() WHERE id = ${gone.id}::uuid`,
    );
    await container.access.usersChanged([gone.id]);
  }

  private async furnish(place: Place): Promise<void> {
    const { world, actors, groups } = this;
    const group = groups[place];
    const joinCode = newId()
      .replaceAll('-', '')
      .slice(-8)
      .toUpperCase()
      .replace(/[01IO]/g, 'X');
    const schoolClass = { ...(await world.class(group, { joinCode })), joinCode };
    const archivedClass = await world.class(group);
    const author =
      place === 'own'
        ? actors.teacher
        : place === 'peer'
          ? actors.colleague
          : await world.member(group, 'teacher');
    const student = place === 'own' ? actors.student : await world.member(group, 'student');
    await world.classMember(schoolClass, 'teacher', author);
    await world.classMember(schoolClass, 'student', student);
    await world.classMember(archivedClass, 'teacher', author);
    if (place === 'own') {
      await world.classMember(schoolClass, 'assistant', actors.assistant);
    }
    const [tool, draftTool, productTool] = [
      await world.tool(group, author),
      await world.tool(group, author, { state: 'draft' }),
      await world.tool(group, author, { type: 'product' }),
    ];
    const assignment = await world.assignment(schoolClass, tool, author);
    await world.assignment(schoolClass, productTool, author);
    const draftAssignment = await world.assignment(schoolClass, tool, author, { state: 'draft' });
    const archivedGroup = await world.group({ under: group });
    const { db } = this.container.platform;
    await db.execute(
      sql`UPDATE groups SET deleted_at = now(), archived_by_group_id = id WHERE id = ${archivedGroup.id}::uuid`,
    );
    await db.execute(sql`UPDATE classes SET deleted_at = now() WHERE id = ${archivedClass.id}::uuid`);
    const shared = {
      group,
      archivedGroup,
      schoolClass,
      archivedClass,
      author,
      tool,
      draftTool,
      productTool,
      assignment,
      draftAssignment,
    };
    this.contents.set(place, { ...shared, ...(await this.peopleAndWork(shared, student)) });
    if (place === 'own') await this.furnishMate();
  }

  /** Creates the work of another student in the same class. */
  private async furnishMate(): Promise<void> {
    const own = this.at('own');
    const { pupil } = this.actors;
    await this.world.classMember(own.schoolClass, 'student', pupil);
    this.contents.set('mate', { ...own, ...(await this.peopleAndWork(own, pupil)) });
  }

  private async peopleAndWork(
    shared: Pick<Things, 'group' | 'schoolClass' | 'tool' | 'productTool' | 'assignment'>,
    student: Person,
  ) {
    const { world } = this;
    const { group, assignment, tool, productTool } = shared;
    const deactivated = await world.user({ tenantId: group.tenantId });
    const { db } = this.container.platform;
    await db.execute(
      sql`UPDATE users SET status = 'deactivated', deactivated_at = now() WHERE id = ${deactivated.id}::uuid`,
    );
    await world.classMember(shared.schoolClass, 'student', deactivated);
    const [inProgress, submitted, returned] = [
      await world.submission(assignment, student, {
        attempt: await this.nextAttempt(assignment, student),
        state: 'in_progress',
        answer: 'mine',
      }),
      await world.submission(assignment, student, {
        attempt: await this.nextAttempt(assignment, student),
        state: 'submitted',
        answer: 'mine',
      }),
      await world.submission(assignment, student, {
        attempt: await this.nextAttempt(assignment, student),
        state: 'returned',
        answer: 'mine',
      }),
    ];
    await db.execute(sql`UPDATE submissions SET draft_score = 5 WHERE id = ${submitted.id}::uuid`);
    await db.execute(
      sql`INSERT INTO assignment_overrides (id, assignment_id, user_id, max_attempts) VALUES (${newId()}::uuid, ${assignment.id}::uuid, ${student.id}::uuid, 50)`,
    );
    const [session, messageId] = await this.session(shared, student, tool);
    return {
      student,
      member: await world.member(group, 'student'),
      pupil: await world.pupilWithoutEmail(group, shared.schoolClass),
      guardian: await this.guardianAt(group, student),
      newcomer: await world.user(),
      invitation: await world.invitation(group, {}, this.actors.invited),
      classInvitation: await world.invitation(
        group,
        { schoolClass: shared.schoolClass },
        this.actors.invited,
      ),
      deactivated,
      inProgress,
      submitted,
      returned,
      session,
      messageId,
      queuedRun: await this.run(shared, student, productTool, 'queued'),
      doneRun: await this.run(shared, student, productTool, 'succeeded'),
      ...(await this.secrets(group, student)),
    };
  }

  private async guardianAt(group: Group, student: Person): Promise<Person> {
    const guardian = await this.world.member(group, 'guardian');
    await this.world.observes(guardian, student);
    return guardian;
  }

  private async nextAttempt(assignment: Person, student: Person): Promise<number> {
    return (
      1 +
      (await this.container.platform.db.prisma.submission.count({
        where: { assignmentId: assignment.id, userId: student.id },
      }))
    );
  }

  private async session(
    { schoolClass, group }: Pick<Things, 'schoolClass' | 'group'>,
    student: Person,
    tool: Things['tool'],
  ): Promise<[Person, string]> {
    const { db } = this.container.platform;
    const [id, messageId] = [newId(), newId()];
    await db.execute(
      sql`INSERT INTO sessions (id, tenant_id, user_id, tool_id, tool_version, class_id, last_seq, message_count)
          VALUES (${id}::uuid, ${group.tenantId}::uuid, ${student.id}::uuid, ${tool.id}::uuid, 1, ${schoolClass.id}::uuid, 2, 1)`,
    );
    await db.execute(
      sql`INSERT INTO messages (id, session_id, seq, role, content)
          VALUES (${newId()}::uuid, ${id}::uuid, 1, 'user', 'Hello.'), (${messageId}::uuid, ${id}::uuid, 2, 'assistant', 'Hello, too.')`,
    );
    return [{ id }, messageId];
  }

  private async run(
    { schoolClass, group }: Pick<Things, 'schoolClass' | 'group'>,
    student: Person,
    tool: Things['tool'],
    state: 'queued' | 'succeeded',
  ): Promise<Person> {
    const id = newId();
    const isDone = state === 'succeeded';
    await this.container.platform.db.execute(
      sql`INSERT INTO runs (id, tenant_id, user_id, tool_id, tool_version, class_id, state, input, output, started_at, finished_at)
          VALUES (${id}::uuid, ${group.tenantId}::uuid, ${student.id}::uuid, ${tool.id}::uuid, 1, ${schoolClass.id}::uuid, ${state}, '{"topic":"x"}',
                  ${isDone ? '{"text":"y"}' : null}::jsonb, ${isDone ? new Date() : null}::timestamptz, ${isDone ? new Date() : null}::timestamptz)`,
    );
    return { id };
  }

  /** Creates objects that belong to one person or one tenant only. */
  private async secrets(group: Group, student: Person) {
    const { db } = this.container.platform;
    const [model, signIn, apiToken, auditEvent] = [newId(), newId(), newId(), newId()];
    const [notification, event] = [newId(), newId()];
    const wanted = newId();
    await db.execute(
      sql`INSERT INTO ai_models (id, tenant_id, name, display_name) VALUES (${model}::uuid, ${group.tenantId}::uuid, ${`m-${model}`}, 'Model')`,
    );
    await db.execute(
      sql`INSERT INTO refresh_tokens (id, user_id, family_id, token_hash, expires_at, family_expires_at)
          VALUES (${newId()}::uuid, ${student.id}::uuid, ${signIn}::uuid, sha256(${signIn}::text::bytea), now() + interval '1 day', now() + interval '1 day')`,
    );
    await db.execute(
      sql`INSERT INTO api_tokens (id, user_id, name, token_hash, prefix, scopes, expires_at)
          VALUES (${apiToken}::uuid, ${student.id}::uuid, 'script', sha256(${apiToken}::text::bytea), 'rapt_x', ARRAY['groups:read'], now() + interval '1 day')`,
    );
    await db.execute(
      sql`INSERT INTO notification_events (id, tenant_id, event, subject_id, user_ids)
          VALUES (${event}::uuid, ${group.tenantId}::uuid, 'export.ready', ${newId()}::uuid, ARRAY[${student.id}]::uuid[])`,
    );
    await db.execute(
      sql`INSERT INTO notifications (id, event_id, user_id) VALUES (${notification}::uuid, ${event}::uuid, ${student.id}::uuid)`,
    );
    await db.execute(
      sql`INSERT INTO audit_events (id, tenant_id, actor_kind, action, subject_type) VALUES (${auditEvent}::uuid, ${group.tenantId}::uuid, 'system', 'test.happened', 'test')`,
    );
    await db.execute(
      sql`INSERT INTO exports (id, tenant_id, requested_by, kind, format, group_id)
          VALUES (${wanted}::uuid, ${group.tenantId}::uuid, ${student.id}::uuid, 'roster', 'csv', ${group.id}::uuid)`,
    );
    return {
      export: { id: wanted },
      model: { id: model },
      signIn: { id: signIn },
      apiToken: { id: apiToken },
      auditEvent: { id: auditEvent },
      notification: { id: notification },
      job: { id: await endedJob(this.container, group.tenantId) },
    };
  }
}
