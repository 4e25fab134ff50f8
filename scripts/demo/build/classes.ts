import { CLASSES } from '../data';
import type { ClassKey, DemoClass, DemoStudent } from '../demo.schemas';
import type { Rosters } from '../plan/rosters';
import type { GroupIds } from './groups';
import { known, type Stage } from './stage';

export interface BuiltClass {
  id: string;
  groupId: string;
  tenantId: string;
}

export type BuiltClasses = ReadonlyMap<ClassKey, BuiltClass>;

/** Creates the classes, each as its teacher, and adds the colleagues and students. */
export async function buildClasses(stage: Stage, groups: GroupIds, rosters: Rosters): Promise<BuiltClasses> {
  const built = new Map<ClassKey, BuiltClass>();
  for (const each of CLASSES) {
    built.set(each.key, await createClass(stage, known(groups, each.group), each));
  }
  // The teacher who creates a class gets a role in it.
  stage.rolesChanged();
  for (const each of CLASSES)
    await fillClass(stage, known(built, each.key).id, each, known(rosters, each.key));
  stage.rolesChanged();
  return built;
}

async function createClass(
  stage: Stage,
  groupId: string,
  { name, subject, description, teachers }: DemoClass,
): Promise<BuiltClass> {
  const created = await stage.as(teachers[0] ?? '', (principal) =>
    stage.container.classes.service.createClass(principal, { groupId, name, subject, description }),
  );
  return { id: created.id, groupId, tenantId: created.tenantId };
}

async function fillClass(
  stage: Stage,
  classId: string,
  { teachers, assistants = [] }: DemoClass,
  roster: readonly DemoStudent[],
): Promise<void> {
  const [owner = '', ...colleagues] = teachers;
  const people = [
    ...colleagues.map((key) => ({ key, role: 'teacher' as const })),
    ...assistants.map((key) => ({ key, role: 'assistant' as const })),
    ...roster.map(({ email }) => ({ key: email, role: 'student' as const })),
  ];
  for (const { key, role } of people) {
    const person = { userId: stage.idOf(key) };
    await stage.as(owner, (principal) =>
      stage.container.classes.roster.addMember(principal, classId, { person, role }),
    );
  }
}
