import { z } from 'zod';
import { GROUP_ROLES } from '../../src/authz/access';
import type { ToolDefinition } from '../../src/features/tools';

/** The shape of the files in `data`. Their texts are written by hand, so the schemas name each typo early. */

export const GroupKey = z.enum([
  'district',
  'middle',
  'middleStem',
  'middleHumanities',
  'high',
  'highMath',
  'highScience',
  'highHumanities',
  'highLanguages',
]);
export type GroupKey = z.infer<typeof GroupKey>;

export const ClassKey = z.enum([
  'math6',
  'math7',
  'science7',
  'ela6',
  'history8',
  'spanish8',
  'algebra9',
  'biology9',
  'english10',
  'history11',
  'spanish10',
  'coding11',
]);
export type ClassKey = z.infer<typeof ClassKey>;

export const ToolKey = z.enum([
  'mathCoach',
  'historyInterview',
  'spanishPractice',
  'codeReview',
  'labReport',
  'essayOutline',
  'exitTicket',
  'readingQuiz',
  'debatePartner',
]);
export type ToolKey = z.infer<typeof ToolKey>;

const Fields = z.record(z.string(), z.unknown());

export const DemoGroup = z.strictObject({
  key: GroupKey,
  parent: GroupKey.nullable(),
  kind: z.enum(['district', 'school', 'department']),
  name: z.string(),
  theme: Fields.optional(),
  settings: Fields.optional(),
});

const School = z.enum(['middle', 'high']);
const Person = z.strictObject({ name: z.string(), email: z.string() });

export const DemoPeople = z.strictObject({
  /** Belongs to no district and operates the installation. */
  platformAdmin: Person,
  /** The adults who work in the district. */
  staff: z.array(
    Person.extend({
      key: z.string(),
      /** The title in words, for the list of log-ins. */
      title: z.string(),
      roles: z.array(z.strictObject({ group: GroupKey, role: z.enum(GROUP_ROLES) })),
    }),
  ),
  guardians: z.array(Person.extend({ key: z.string(), school: School })),
});

/** A student. Students come from a list of names, not from a file. */
export interface DemoStudent extends z.infer<typeof Person> {
  grade: number;
  school: z.infer<typeof School>;
}

export const DemoClass = z.strictObject({
  key: ClassKey,
  group: GroupKey,
  name: z.string(),
  subject: z.string(),
  description: z.string(),
  /** Keys of staff; the first one creates the class. */
  teachers: z.array(z.string()),
  assistants: z.array(z.string()).optional(),
  grades: z.array(z.number()),
  size: z.number(),
});
export type DemoClass = z.infer<typeof DemoClass>;

/** The API checks the definition when the tool is created, and a test does before that. */
const Definition = z.custom<ToolDefinition>((value) => typeof value === 'object' && value !== null);

export const DemoTool = z.strictObject({
  key: ToolKey,
  author: z.string(),
  group: GroupKey,
  visibility: z.enum(['private', 'group', 'tenant', 'public']),
  forkable: z.boolean(),
  state: z.enum(['draft', 'published']),
  definition: Definition,
  /** The author's later change: it becomes version 2, published like the first. */
  revision: Definition.optional(),
});
export type DemoTool = z.infer<typeof DemoTool>;

/** A student's message, or one of several that a student might send at this point. */
const Line = z.union([z.string(), z.array(z.string())]);
export type Line = z.infer<typeof Line>;

/** A conversation in which student and tool take turns; the student begins. */
const ChatScript = z.array(Line);
export type ChatScript = z.infer<typeof ChatScript>;

/** One run of a product tool: its input and its output, each valid against the tool's schemas. */
const RunScript = z.strictObject({ input: Fields, output: Fields });
export type RunScript = z.infer<typeof RunScript>;

/** A run that a teacher started outside of any class. */
export const TeacherRun = RunScript.extend({ by: z.string(), tool: ToolKey });

const Feedback = z.strictObject({
  strong: z.array(z.string()),
  solid: z.array(z.string()),
  developing: z.array(z.string()),
});
export type Feedback = z.infer<typeof Feedback>;

/** How far a class has come with an assignment. */
const Progress = z.strictObject({
  /** The share of the class that has started. */
  started: z.number(),
  /** The share of the started work that is submitted. */
  submitted: z.number(),
  /** The share of the submitted work that has at least a draft grade. */
  graded: z.number(),
  /** The share of the graded work that is returned. */
  returned: z.number(),
  /** The share of the submitted work that came after the due date. */
  late: z.number().optional(),
  /** How many students are working while the district is built. */
  now: z.number().optional(),
});

const DemoWork = z.strictObject({
  progress: Progress,
  /** For chat tools. */
  chats: z.array(ChatScript).optional(),
  /** For product tools. */
  runs: z.array(RunScript).optional(),
  /** A written answer takes one or two sentences from each part, in this order. */
  answer: z.array(z.array(z.string())),
  feedback: Feedback,
});
export type DemoWork = z.infer<typeof DemoWork>;

const SchoolMoment = z.strictObject({ day: z.number(), at: z.string().regex(/^\d\d:\d\d$/) });

export const DemoAssignment = z.strictObject({
  key: z.string(),
  class: ClassKey,
  tool: ToolKey,
  /** Pinned to the first version although a later one exists. */
  firstVersion: z.boolean().optional(),
  title: z.string(),
  instructions: z.string(),
  state: z.enum(['draft', 'published', 'closed']),
  opensAt: SchoolMoment,
  dueAt: SchoolMoment,
  closesAt: SchoolMoment.optional(),
  points: z.number(),
  maxAttempts: z.number().optional(),
  latePolicy: z.enum(['accept', 'refuse']).optional(),
  overrides: z
    .array(
      z.strictObject({
        /** The index of the student in the class, counted from 0 in the order of names. */
        student: z.number(),
        dueAt: SchoolMoment.optional(),
        maxAttempts: z.number().optional(),
        excused: z.boolean().optional(),
      }),
    )
    .optional(),
  /** Missing if no student could have started yet. */
  work: DemoWork.optional(),
});
export type DemoAssignment = z.infer<typeof DemoAssignment>;
export type DemoOverride = NonNullable<DemoAssignment['overrides']>[number];
