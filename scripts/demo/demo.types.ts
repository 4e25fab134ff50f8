import type { GroupRole } from '../../src/authz/access';
import type { ToolDefinition } from '../../src/features/tools';
import type { SchoolMoment } from './calendar';

export type GroupKey =
  | 'district'
  | 'middle'
  | 'middleStem'
  | 'middleHumanities'
  | 'high'
  | 'highMath'
  | 'highScience'
  | 'highHumanities'
  | 'highLanguages';

export interface DemoGroup {
  key: GroupKey;
  parent: GroupKey | null;
  kind: 'district' | 'school' | 'department';
  name: string;
  theme?: Record<string, unknown>;
  settings?: Record<string, unknown>;
}

/** A grown-up of the district. */
export interface DemoStaff {
  key: string;
  name: string;
  email: string;
  /** In words, for the list of log-ins. */
  title: string;
  roles: readonly { group: GroupKey; role: GroupRole }[];
}

export interface DemoStudent {
  name: string;
  email: string;
  grade: number;
  school: 'middle' | 'high';
}

export interface DemoClass {
  key: ClassKey;
  group: GroupKey;
  name: string;
  subject: string;
  description: string;
  /** Keys of staff; the first one creates the class. */
  teachers: readonly string[];
  assistants?: readonly string[];
  grades: readonly number[];
  size: number;
}

export type ClassKey =
  | 'math6'
  | 'math7'
  | 'science7'
  | 'ela6'
  | 'history8'
  | 'spanish8'
  | 'algebra9'
  | 'biology9'
  | 'english10'
  | 'history11'
  | 'spanish10'
  | 'coding11';

export type ToolKey =
  | 'mathCoach'
  | 'historyInterview'
  | 'spanishPractice'
  | 'codeReview'
  | 'labReport'
  | 'essayOutline'
  | 'exitTicket'
  | 'readingQuiz'
  | 'debatePartner';

export interface DemoTool {
  key: ToolKey;
  author: string;
  group: GroupKey;
  visibility: 'private' | 'group' | 'tenant' | 'public';
  forkable: boolean;
  state: 'draft' | 'published';
  definition: ToolDefinition;
  /** What the author changed later: becomes version 2, published like the first. */
  revision?: ToolDefinition;
}

/** What a student said, or one of several things that a student might have said here. */
export type Line = string | readonly string[];

/** A conversation: student and tool take turns, the student first. */
export type ChatScript = readonly Line[];

/** One run of a product tool: what went in and what came out, each valid against the tool's schemas. */
export interface RunScript {
  input: Record<string, unknown>;
  output: Record<string, unknown>;
}

export interface Feedback {
  strong: readonly string[];
  solid: readonly string[];
  developing: readonly string[];
}

/** How far a class has come with an assignment. */
export interface Progress {
  /** Share of the class that has begun. */
  started: number;
  /** Share of those that has handed in. */
  submitted: number;
  /** Share of the handed-in work that has a draft grade or better. */
  graded: number;
  /** Share of the graded work that was given back. */
  returned: number;
  /** Share of the handed-in work that came after the due date. */
  late?: number;
  /** How many students are at it while the district is made. */
  now?: number;
}

export interface DemoOverride {
  /** Which student of the class, counted from 0 in the order of names. */
  student: number;
  dueAt?: SchoolMoment;
  maxAttempts?: number;
  excused?: boolean;
}

export interface DemoAssignment {
  key: string;
  class: ClassKey;
  tool: ToolKey;
  /** Pinned to the first version although there is a later one. */
  firstVersion?: boolean;
  title: string;
  instructions: string;
  state: 'draft' | 'published' | 'closed';
  opensAt: SchoolMoment;
  dueAt: SchoolMoment;
  closesAt?: SchoolMoment;
  points: number;
  maxAttempts?: number;
  latePolicy?: 'accept' | 'refuse';
  overrides?: readonly DemoOverride[];
  /** Missing where nobody could have begun. */
  work?: DemoWork;
}

export interface DemoWork {
  progress: Progress;
  /** For chat tools. */
  chats?: readonly ChatScript[];
  /** For product tools. */
  runs?: readonly RunScript[];
  /** A written answer is one sentence or two of each part, in this order. */
  answer: readonly (readonly string[])[];
  feedback: Feedback;
}
