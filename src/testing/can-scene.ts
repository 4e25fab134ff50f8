import type { Prisma } from '../generated/prisma/client';
import { type Sql, sql } from '../platform/db/sql';
import { newId } from '../shared/ids';
import { type Client, createTestApp, type TestApp } from './app';
import { World } from './world';

export const CAN_ACTORS = [
  'student',
  'pupil',
  'teacher',
  'assistant',
  'guardian',
  'colleague',
  'staff',
  'admin',
  'platformAdmin',
] as const;
export type CanActor = (typeof CAN_ACTORS)[number];

type AssignmentValues = NonNullable<Parameters<World['assignment']>[3]>;
export const inHours = (hours: number): Date => new Date(Date.now() + hours * 3_600_000);

/** A school with one person in each role, which creates new objects of each kind in any state. */
export class CanScene {
  readonly clients = {} as Record<CanActor, Client>;
  readonly ids = {} as Record<CanActor, string>;

  private constructor(
    readonly app: TestApp,
    readonly world: World,
    readonly district: { id: string; tenantId: string; path: string },
    readonly school: { id: string; tenantId: string; path: string },
    readonly schoolClass: { id: string; groupId: string; tenantId: string },
  ) {}

  static async open(): Promise<CanScene> {
    const app = await createTestApp();
    const world = new World(app.container);
    const district = await world.group();
    const school = await world.group({ under: district });
    const scene = new CanScene(app, world, district, school, await world.class(school));
    await scene.buildPeople();
    return scene;
  }

  private async buildPeople(): Promise<void> {
    const { world, school, district, schoolClass } = this;
    const someone = () => world.user({ tenantId: district.id });
    const people: Record<CanActor, { id: string }> = {
      student: await world.classMember(schoolClass, 'student', await someone()),
      pupil: await world.classMember(schoolClass, 'student', await world.userWithoutEmail(district.id)),
      teacher: await world.member(school, 'teacher'),
      assistant: await world.classMember(schoolClass, 'assistant', await someone()),
      guardian: await world.member(school, 'guardian'),
      colleague: await world.member(school, 'teacher'),
      staff: await world.member(school, 'staff'),
      admin: await world.member(district, 'admin'),
      platformAdmin: await world.user({ isPlatformAdmin: true }),
    };
    await world.classMember(schoolClass, 'teacher', people.teacher);
    await world.observes(people.guardian, people.student);
    for (const name of CAN_ACTORS) {
      this.ids[name] = people[name].id;
      this.clients[name] = await this.app.as(people[name].id);
    }
  }

  execute(statement: Sql): Promise<number> {
    return this.app.container.platform.db.execute(statement);
  }

  tool(values: Parameters<World['tool']>[2] = {}) {
    return this.world.tool(this.school, { id: this.ids.teacher }, values);
  }

  /** Creates a class with the teacher, the student and the assistant of the scene. */
  async ownClass(): Promise<CanScene['schoolClass']> {
    const made = await this.world.class(this.school);
    for (const role of ['teacher', 'student', 'assistant'] as const)
      await this.world.classMember(made, role, { id: this.ids[role] });
    await this.world.classMember(made, 'student', { id: this.ids.pupil });
    return made;
  }

  async archiveClass(id: string): Promise<void> {
    await this.execute(sql`UPDATE classes SET deleted_at = now() WHERE id = ${id}::uuid`);
    await this.app.container.access.tenantChanged(this.district.id);
  }

  async archiveGroup(id: string): Promise<void> {
    await this.execute(
      sql`UPDATE groups SET deleted_at = now(), archived_by_group_id = id WHERE id = ${id}::uuid`,
    );
  }

  async assignment(
    values: AssignmentValues = {},
    tool?: Awaited<ReturnType<World['tool']>>,
    schoolClass = this.schoolClass,
  ) {
    const author = { id: this.ids.teacher };
    return this.world.assignment(schoolClass, tool ?? (await this.tool()), author, values);
  }

  async submission(
    values: Parameters<World['submission']>[2] = {},
    assignment: AssignmentValues = {},
  ): Promise<{ id: string; assignmentId: string }> {
    const made = await this.assignment(assignment);
    const { id } = await this.world.submission(made, { id: this.ids.student }, values);
    return { id, assignmentId: made.id };
  }

  /** Creates a chat of the student about their work, with two messages in it. */
  async session(
    session: {
      state?: string;
      isAnswering?: boolean;
      isCut?: boolean;
      ageHours?: number;
      messages?: number;
    } = {},
    work: { state?: 'in_progress' | 'submitted'; assignment?: AssignmentValues; constraints?: object } = {},
  ): Promise<{ id: string }> {
    const definition = { name: 'Tutor', version: '1.0', type: 'chat', behavior: 'Be kind.' };
    const tool = await this.tool({ definition: { ...definition, constraints: work.constraints ?? {} } });
    const assignment = await this.assignment(work.assignment, tool);
    const values = work.state === undefined ? {} : { state: work.state };
    const submission = await this.world.submission(assignment, { id: this.ids.student }, values);
    const id = newId();
    const state = session.state ?? 'active';
    await this.execute(
      sql`INSERT INTO sessions (id, tenant_id, user_id, tool_id, tool_version, class_id, submission_id, state, message_count, last_seq, turn_deadline_at, ended_at, created_at)
          VALUES (${id}::uuid, ${this.district.id}::uuid, ${this.ids.student}::uuid, ${tool.id}::uuid, 1, ${this.schoolClass.id}::uuid, ${submission.id}::uuid, ${state},
                  ${session.messages ?? 1}, 2, ${session.isAnswering === true ? inHours(1) : null}::timestamptz,
                  ${state === 'active' ? null : inHours(0)}::timestamptz, ${inHours(-(session.ageHours ?? 0))})`,
    );
    await this.execute(
      sql`INSERT INTO messages (id, session_id, seq, role, content, state, cut_by)
          VALUES (${newId()}::uuid, ${id}::uuid, 1, 'user', 'Why?', 'complete', NULL),
                 (${newId()}::uuid, ${id}::uuid, 2, 'assistant', 'Because.',
                  ${session.isAnswering === true ? 'streaming' : 'complete'}, ${session.isCut === true ? 'length' : null})`,
    );
    return { id };
  }

  /** @returns the list that shows it and its id, as `can-matrix.items` reads them. */
  async invitation(
    values: Pick<Prisma.InvitationUncheckedCreateInput, 'groupId' | 'classId' | 'role'> &
      Partial<Prisma.InvitationUncheckedCreateInput>,
  ): Promise<{ id: string }> {
    const id = newId();
    await this.app.container.platform.db.prisma.invitation.create({
      data: {
        id,
        tenantId: this.district.id,
        email: `${id}@example.org`,
        invitedBy: this.ids.admin,
        expiresAt: inHours(1),
        ...values,
      },
      select: { id: true },
    });
    const { groupId, classId } = values;
    const list = classId ? `/classes/${classId}/invitations` : `/groups/${groupId}/invitations`;
    return { id: `${list}|${id}` };
  }

  async model(tenantId: string | null): Promise<{ id: string }> {
    const id = newId();
    await this.execute(
      sql`INSERT INTO ai_models (id, tenant_id, name, display_name) VALUES (${id}::uuid, ${tenantId}::uuid, ${id}, 'Model')`,
    );
    return { id };
  }

  async run(state: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled'): Promise<{ id: string }> {
    const tool = await this.tool({ type: 'product' });
    const id = newId();
    const finishedAt = state === 'queued' || state === 'running' ? null : inHours(0);
    await this.execute(
      sql`INSERT INTO runs (id, tenant_id, user_id, tool_id, tool_version, class_id, state, input, output, error_code, started_at, finished_at)
          VALUES (${id}::uuid, ${this.district.id}::uuid, ${this.ids.student}::uuid, ${tool.id}::uuid, 1, ${this.schoolClass.id}::uuid, ${state}, '{}',
                  ${state === 'succeeded' ? '{}' : null}::jsonb, ${state === 'failed' ? 'ai.failed' : null}, ${finishedAt}::timestamptz, ${finishedAt}::timestamptz)`,
    );
    return { id };
  }

  async export(
    state: 'queued' | 'cancelled' | 'succeeded',
    { groupId = this.school.id, expiresAt = inHours(24) }: { groupId?: string; expiresAt?: Date } = {},
  ): Promise<{ id: string }> {
    const id = newId();
    const isMade = state === 'succeeded';
    const manifest = isMade
      ? JSON.stringify({
          ...{ kind: 'roster', format: 'csv', snapshotAt: inHours(0).toISOString(), timeZone: 'UTC' },
          ...{ rows: 0, bytes: 1, sha256: '0'.repeat(64), columns: [], sheets: null, cutTexts: 0 },
        })
      : null;
    await this.execute(
      sql`INSERT INTO exports (id, tenant_id, requested_by, kind, format, group_id, state, finished_at, storage_key, bytes, sha256, manifest, expires_at)
          VALUES (${id}::uuid, ${this.district.id}::uuid, ${this.ids.admin}::uuid, 'roster', 'csv', ${groupId}::uuid, ${state},
                  ${state === 'queued' ? null : inHours(0)}::timestamptz, ${isMade ? id : null}, ${isMade ? 1 : null}, ${isMade ? '0'.repeat(64) : null},
                  ${manifest}::jsonb, ${isMade ? expiresAt : null}::timestamptz)`,
    );
    return { id };
  }
}
