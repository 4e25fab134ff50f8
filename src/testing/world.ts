import type { ClassRole, GroupRole } from '../authz/access';
import type { Container } from '../container';
import { sql } from '../platform/db/sql';
import { newId } from '../shared/ids';

let counter = 0;

/**
 * Creates rows that a test needs, directly in the tables, with sensible values for everything the test does
 * not name.
 */
export class World {
  constructor(readonly container: Container) {}

  private get db() {
    return this.container.platform.db;
  }

  /** Creates a person; without a tenant by default. */
  async user(
    values: { name?: string; email?: string; tenantId?: string; isPlatformAdmin?: boolean } = {},
  ): Promise<{ id: string; email: string; name: string }> {
    const id = newId();
    counter += 1;
    const email = values.email ?? `person${counter}-${id.slice(-6)}@example.org`;
    const name = values.name ?? `Person ${counter}`;
    await this.db.execute(
      sql`INSERT INTO users (id, tenant_id, email, name, is_platform_admin)
          VALUES (${id}::uuid, ${values.tenantId ?? null}::uuid, ${email}, ${name}, ${values.isPlatformAdmin ?? false})`,
    );
    return { id, email, name };
  }

  /** Creates a person of the tenant who signs in with a username. */
  async userWithoutEmail(
    tenantId: string,
    values: { name?: string; username?: string } = {},
  ): Promise<{ id: string; username: string; name: string }> {
    const id = newId();
    counter += 1;
    const { name = `Pupil ${counter}`, username = `pupil${counter}-${id.slice(-6)}` } = values;
    await this.db.prisma.user.create({ data: { id, tenantId, username, name }, select: { id: true } });
    return { id, username, name };
  }

  /** Creates a pupil of the group and of the class who signs in with a username. */
  async pupilWithoutEmail(
    group: { id: string; tenantId: string },
    schoolClass: { id: string; tenantId: string },
  ): Promise<{ id: string; username: string; name: string }> {
    const pupil = await this.userWithoutEmail(group.tenantId);
    await this.member(group, 'student', pupil);
    await this.classMember(schoolClass, 'student', pupil);
    return pupil;
  }

  /** Creates a group: a root of its own tenant, unless a parent is given. */
  async group(
    values: { name?: string; under?: { id: string; tenantId: string; path: string }; kind?: string } = {},
  ): Promise<{ id: string; tenantId: string; path: string }> {
    const id = newId();
    counter += 1;
    const label = `g${counter}_${id.replaceAll('-', '').slice(-12)}`;
    const path = values.under === undefined ? label : `${values.under.path}.${label}`;
    const tenantId = values.under?.tenantId ?? id;
    await this.db.execute(
      sql`INSERT INTO groups (id, parent_id, tenant_id, path, name, kind)
          VALUES (${id}::uuid, ${values.under?.id ?? null}::uuid, ${tenantId}::uuid, ${path}::ltree, ${values.name ?? `Group ${counter}`}, ${values.kind ?? 'group'})`,
    );
    return { id, tenantId, path };
  }

  /** Creates a person with a role in a group, whose tenant becomes theirs. */
  async member(
    group: { id: string; tenantId: string },
    role: GroupRole,
    user?: { id: string },
  ): Promise<{ id: string }> {
    const person = user ?? (await this.user({ tenantId: group.tenantId }));
    await this.db.execute(
      sql`INSERT INTO group_members (id, group_id, user_id, role) VALUES (${newId()}::uuid, ${group.id}::uuid, ${person.id}::uuid, ${role})`,
    );
    await this.container.access.rolesChanged([person.id]);
    return person;
  }

  async class(
    group: { id: string; tenantId: string },
    values: { name?: string; joinCode?: string } = {},
  ): Promise<{ id: string; groupId: string; tenantId: string }> {
    const id = newId();
    counter += 1;
    await this.db.execute(
      sql`INSERT INTO classes (id, tenant_id, group_id, name, join_code)
          VALUES (${id}::uuid, ${group.tenantId}::uuid, ${group.id}::uuid, ${values.name ?? `Class ${counter}`}, ${values.joinCode ?? null})`,
    );
    return { id, groupId: group.id, tenantId: group.tenantId };
  }

  async classMember(
    schoolClass: { id: string; tenantId: string },
    role: Exclude<ClassRole, 'observer'>,
    user?: { id: string },
  ): Promise<{ id: string }> {
    const person = user ?? (await this.user({ tenantId: schoolClass.tenantId }));
    await this.db.execute(
      sql`INSERT INTO class_members (id, class_id, user_id, role) VALUES (${newId()}::uuid, ${schoolClass.id}::uuid, ${person.id}::uuid, ${role})`,
    );
    await this.container.access.rolesChanged([person.id]);
    return person;
  }

  /** Creates an invitation of this person to the group or class; of another person if they already have one. */
  async invitation(
    group: { id: string; tenantId: string },
    { schoolClass }: { schoolClass?: { id: string } },
    user: { id: string },
  ): Promise<{ id: string }> {
    const { prisma } = this.db;
    const id = newId();
    const place = schoolClass === undefined ? { groupId: group.id } : { classId: schoolClass.id };
    const { email } = await prisma.user.findUniqueOrThrow({ where: { id: user.id } });
    const known = await prisma.invitation.count({ where: { ...place, email: email ?? '' } });
    const address = known > 0 || email === null ? `${id}@example.org` : email;
    const expiresAt = new Date(Date.now() + 86_400_000);
    const data = {
      id,
      tenantId: group.tenantId,
      ...place,
      role: 'student',
      email: address,
      expiresAt,
    } as const;
    await prisma.invitation.create({ data });
    return { id };
  }

  /** Creates a guardian of the student, who observes the student's classes. */
  async guardian(student: { id: string }, tenantId: string): Promise<{ id: string }> {
    const person = await this.user({ tenantId });
    await this.observes(person, student);
    return person;
  }

  /**
   * Creates a guardian who may read the student's returned results; both are members of their tenant, as a
   * link requires.
   */
  async observes(observer: { id: string }, student: { id: string }): Promise<void> {
    for (const [person, role] of [
      [observer, 'guardian'],
      [student, 'student'],
    ] as const)
      await this.db.execute(
        sql`INSERT INTO group_members (id, group_id, user_id, role)
            SELECT ${newId()}::uuid, u.tenant_id, u.id, ${role} FROM users u
            WHERE u.id = ${person.id}::uuid AND NOT EXISTS (SELECT FROM group_members m WHERE m.user_id = u.id)`,
      );
    await this.db.execute(
      sql`INSERT INTO student_observers (id, student_id, observer_id) VALUES (${newId()}::uuid, ${student.id}::uuid, ${observer.id}::uuid)`,
    );
    await this.container.access.usersChanged([observer.id, student.id]);
  }

  /** Creates a tool with its first version; by default published for the group and all groups below. */
  async tool(
    group: { id: string; tenantId: string },
    author: { id: string },
    values: {
      type?: 'chat' | 'product';
      state?: string;
      visibility?: string;
      forkable?: boolean;
      definition?: Record<string, unknown>;
    } = {},
  ): Promise<{ id: string; version: number; tenantId: string; groupId: string }> {
    const id = newId();
    counter += 1;
    const type = values.type ?? 'chat';
    const name = `Tool ${counter}`;
    const schemas =
      type === 'product'
        ? {
            input_schema: { type: 'object', properties: { topic: { type: 'string' } }, required: ['topic'] },
            output_schema: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
          }
        : {};
    const definition = {
      name,
      version: '1.0',
      type,
      behavior: 'You are a patient tutor.',
      ...schemas,
      ...values.definition,
    };
    await this.db.transaction(async () => {
      await this.db.execute(
        sql`INSERT INTO tools (id, tenant_id, group_id, author_id, type, visibility, state, name, current_version, forkable)
            VALUES (${id}::uuid, ${group.tenantId}::uuid, ${group.id}::uuid, ${author.id}::uuid, ${type}, ${values.visibility ?? 'group'}, ${values.state ?? 'published'}, ${name}, 1, ${values.forkable ?? false})`,
      );
      await this.db.execute(
        sql`INSERT INTO tool_versions (id, tool_id, version, definition, content_hash, created_by)
            VALUES (${newId()}::uuid, ${id}::uuid, 1, ${JSON.stringify(definition)}::jsonb, encode(sha256(${JSON.stringify(definition)}::text::bytea), 'hex'), ${author.id}::uuid)`,
      );
    });
    return { id, version: 1, tenantId: group.tenantId, groupId: group.id };
  }

  /** Creates an assignment of a tool for a class; published by default. */
  async assignment(
    schoolClass: { id: string; tenantId: string },
    tool: { id: string; version: number },
    author: { id: string },
    values: {
      title?: string;
      instructions?: string;
      state?: 'draft' | 'published' | 'closed';
      dueAt?: Date;
      opensAt?: Date;
      closesAt?: Date;
      maxAttempts?: number;
      latePolicy?: string;
      pin?: string;
    } = {},
  ): Promise<{ id: string; classId: string }> {
    const id = newId();
    counter += 1;
    const state = values.state ?? 'published';
    await this.db.execute(
      sql`INSERT INTO assignments (id, tenant_id, class_id, tool_id, tool_version, title, instructions, created_by, state, published_at, closed_at, opens_at, due_at, closes_at, max_attempts, late_policy, pin)
          VALUES (${id}::uuid, ${schoolClass.tenantId}::uuid, ${schoolClass.id}::uuid, ${tool.id}::uuid, ${tool.version}, ${values.title ?? `Assignment ${counter}`}, ${values.instructions ?? null}, ${author.id}::uuid, ${state},
                  ${state === 'draft' ? null : new Date()}::timestamptz, ${state === 'closed' ? new Date() : null}::timestamptz,
                  ${values.opensAt ?? null}::timestamptz, ${values.dueAt ?? null}::timestamptz, ${values.closesAt ?? null}::timestamptz,
                  ${values.maxAttempts ?? null}::int, ${values.latePolicy ?? 'accept'}, ${values.pin ?? 'exact'})`,
    );
    return { id, classId: schoolClass.id };
  }

  /** Creates a student's submission; in progress by default. */
  async submission(
    assignment: { id: string },
    student: { id: string },
    values: {
      attempt?: number;
      state?: 'in_progress' | 'submitted' | 'returned';
      answer?: string;
      submittedAt?: Date;
    } = {},
  ): Promise<{ id: string }> {
    const id = newId();
    const state = values.state ?? 'in_progress';
    await this.db.execute(
      sql`INSERT INTO submissions (id, tenant_id, assignment_id, user_id, attempt, tool_id, tool_version, state, answer, submitted_at, returned_at)
          SELECT ${id}::uuid, a.tenant_id, a.id, ${student.id}::uuid, ${values.attempt ?? 1}, a.tool_id, a.tool_version, ${state}, ${values.answer ?? null},
                 ${state === 'in_progress' ? null : (values.submittedAt ?? new Date())}::timestamptz, ${state === 'returned' ? new Date() : null}::timestamptz
          FROM assignments a WHERE a.id = ${assignment.id}::uuid`,
    );
    return { id };
  }
}
