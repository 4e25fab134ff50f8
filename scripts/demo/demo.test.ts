import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DefinitionSchema } from '../../src/features/tools/tools.definition';
import { projectRoot } from '../../src/local-servers/project-root';
import { compileSchema } from '../../src/platform/json-schema/schema-compiler';
import { SchoolCalendar } from './calendar';
import { ASSIGNMENTS, CLASSES, GROUPS, STAFF, TEACHER_RUNS, TOOLS } from './data';
import type { DemoAssignment } from './demo.schemas';
import { demoLogins } from './logins';
import { DEMO_PASSWORD } from './password';
import { STUDENTS } from './people.students';
import { planDemo } from './plan/demo';

const toolOf = (key: string) => TOOLS.find((tool) => tool.key === key)!;
const everyDefinition = TOOLS.flatMap(({ definition, revision }) =>
  revision === undefined ? [definition] : [definition, revision],
);

describe('the people of the demo district', () => {
  it('are 200 students with names and addresses of their own', () => {
    expect(STUDENTS).toHaveLength(200);
    const addresses = [...STUDENTS, ...STAFF].map(({ email }) => email);
    expect(new Set(addresses).size).toBe(addresses.length);
    expect(addresses.filter((email) => !/^[a-z.-]+@maplewood\.example$/.test(email))).toEqual([]);
  });

  it('fill twelve classes', () => {
    expect(CLASSES).toHaveLength(12);
    for (const { grades, size } of CLASSES) {
      expect(STUDENTS.filter(({ grade }) => grades.includes(grade)).length).toBeGreaterThanOrEqual(size);
    }
  });

  it('belong to groups that stand after their parents', () => {
    const before = new Set<string | null>([null]);
    for (const { key, parent } of GROUPS) {
      expect(before).toContain(parent);
      before.add(key);
    }
  });
});

describe('the tools of the demo district', () => {
  it.each(
    everyDefinition.map((definition) => [`${definition.name} ${definition.version}`, definition] as const),
  )('%s is a definition that the API takes', (_name, definition) => {
    expect(DefinitionSchema.parse(definition)).toEqual(definition);
  });

  it.each(everyDefinition.map((definition) => [definition.name, definition.behavior] as const))(
    '%s has instructions worth copying: neither a line nor a book',
    (_name, behavior) => {
      const words = behavior.split(/\s+/).length;
      expect(words).toBeGreaterThanOrEqual(150);
      expect(words).toBeLessThanOrEqual(400);
    },
  );
});

describe('the work of the demo district', () => {
  const runs = [
    ...ASSIGNMENTS.flatMap(({ key, tool, work }) => (work?.runs ?? []).map((run) => ({ key, tool, run }))),
    ...TEACHER_RUNS.map((run) => ({ key: run.by, tool: run.tool, run })),
  ];

  it.each(runs.map(({ key, tool, run }, index) => [`${index + 1} (${key})`, tool, run] as const))(
    'run %s fits the schemas of its tool',
    (_name, tool, run) => {
      const { input_schema: input, output_schema: output } = toolOf(tool).definition;
      expect(compileSchema(input!).validate(run.input)).toEqual([]);
      expect(compileSchema(output!).validate(run.output)).toEqual([]);
    },
  );

  it('quotes as evidence only what stands in the passage', () => {
    const quizzes = runs.filter(({ tool }) => tool === 'readingQuiz');
    for (const { run } of quizzes) {
      const passage = run.input.passage as string;
      for (const question of run.output.questions as { evidence: string }[]) {
        expect(passage).toContain(question.evidence);
      }
    }
  });

  const worked = ASSIGNMENTS.filter(({ work }) => work !== undefined);

  it.each(worked.map((assignment) => [assignment.key, assignment] as const))(
    '%s has what its students and teachers wrote',
    (_key, { tool, work }) => {
      const isChat = toolOf(tool).definition.type === 'chat';
      expect(isChat ? work?.chats : work?.runs).not.toHaveLength(0);
      expect(isChat ? work?.runs : work?.chats).toBeUndefined();
      const levels = Object.values<string[]>(work?.feedback ?? {});
      const isGraded = (work?.progress.graded ?? 0) > 0;
      expect(levels.every((texts) => texts.length > 0)).toBe(isGraded);
    },
  );

  it('is in every state that an assignment can be in', () => {
    const calendar = new SchoolCalendar(new Date());
    const now = calendar.now.getTime();
    const due = (assignment: DemoAssignment) => calendar.date(assignment.dueAt).getTime();
    const opens = (assignment: DemoAssignment) => calendar.date(assignment.opensAt).getTime();
    const published = ASSIGNMENTS.filter(({ state }) => state === 'published');
    expect(ASSIGNMENTS.some(({ state }) => state === 'draft')).toBe(true);
    expect(ASSIGNMENTS.some(({ state }) => state === 'closed')).toBe(true);
    expect(published.some((each) => opens(each) > now)).toBe(true);
    expect(published.some((each) => due(each) < now)).toBe(true);
    expect(published.some((each) => opens(each) < now && due(each) > now)).toBe(true);
  });

  it.each(ASSIGNMENTS.map((assignment) => [assignment.key, assignment] as const))(
    '%s opens, falls due and closes in this order',
    (_key, { opensAt, dueAt, closesAt, overrides = [] }) => {
      const calendar = new SchoolCalendar(new Date('2027-03-10T12:00:00Z'));
      const moments = [opensAt, dueAt, ...(closesAt ? [closesAt] : [])].map((each) => calendar.date(each));
      expect(moments.toSorted((one, other) => one.getTime() - other.getTime())).toEqual(moments);
      const extended = overrides.flatMap((each) => (each.dueAt ? [calendar.date(each.dueAt)] : []));
      expect(extended.filter((date) => date <= calendar.date(dueAt))).toEqual([]);
    },
  );
});

describe('the school calendar', () => {
  it('counts school days over weekends', () => {
    // A Friday.
    const calendar = new SchoolCalendar(new Date('2026-01-16T18:00:00Z'));
    expect(calendar.date({ day: 1, at: '08:00' }).toISOString()).toBe('2026-01-19T14:00:00.000Z');
    expect(calendar.date({ day: -5, at: '08:00' }).toISOString()).toBe('2026-01-09T14:00:00.000Z');
  });

  it('keeps the clock of the school when summer time begins', () => {
    // Chicago changed on 8 March 2026.
    const calendar = new SchoolCalendar(new Date('2026-03-11T12:00:00Z'));
    expect(calendar.date({ day: -4, at: '23:59' }).toISOString()).toBe('2026-03-06T05:59:00.000Z');
    expect(calendar.date({ day: 0, at: '23:59' }).toISOString()).toBe('2026-03-12T04:59:00.000Z');
  });

  it('begins its day at midnight of the school, not of Greenwich', () => {
    const calendar = new SchoolCalendar(new Date('2026-05-13T03:00:00Z'));
    expect(calendar.date({ day: 0, at: '12:00' }).toISOString()).toBe('2026-05-12T17:00:00.000Z');
  });
});

describe('the README', () => {
  const readme = readFileSync(join(projectRoot, 'README.md'), 'utf8');
  const calendar = new SchoolCalendar(new Date());
  const students = [...planDemo(calendar).rosters.values()].flat();
  const people = [...demoLogins(calendar), ...students].map((person) => person.email);

  it('names only people and a password that the demo district has', () => {
    const mentioned = readme.match(/[\w.-]+@maplewood\.example/g) ?? [];
    expect(mentioned.length).toBeGreaterThan(0);
    expect(people).toEqual(expect.arrayContaining(mentioned));
    expect(readme).toContain(`PASSWORD=${DEMO_PASSWORD}\n`);
  });
});
