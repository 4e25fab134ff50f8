import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { DemoAssignment, DemoClass, DemoGroup, DemoPeople, DemoTool, TeacherRun } from './demo.schemas';

const FOLDER = join(__dirname, 'data');

/** @throws Error that names the file and its first fault */
function load<T>(file: string, schema: z.ZodType<T>): T {
  const checked = schema.safeParse(parse(readFileSync(join(FOLDER, file), 'utf8')));
  if (checked.success) return checked.data;
  throw new Error(`scripts/demo/data/${file} is not as it should be:\n${z.prettifyError(checked.error)}`);
}

/**
 * Pictures are stored beside the texts. In a theme they are data URLs, so that reports and mails need not
 * fetch them.
 */
function withPicture(group: z.infer<typeof DemoGroup>): z.infer<typeof DemoGroup> {
  const logo = group.theme?.logo as { image: string } | undefined;
  if (logo === undefined) return group;
  const image = `data:image/png;base64,${readFileSync(join(FOLDER, logo.image), 'base64')}`;
  return { ...group, theme: { ...group.theme, logo: { ...logo, image } } };
}

/** The district's tree, parents before children. */
export const GROUPS = load('groups.yaml', z.array(DemoGroup)).map(withPicture);

export const {
  platformAdmin: PLATFORM_ADMIN,
  staff: STAFF,
  guardians: GUARDIANS,
} = load('people.yaml', DemoPeople);

/** The classes of this school year. */
export const CLASSES = load('classes.yaml', z.array(DemoClass));

export const TOOLS = [
  'math-coach',
  'history-interview',
  'spanish-practice',
  'code-review',
  'lab-report',
  'essay-outline',
  'exit-ticket',
  'reading-quiz',
  'debate-partner',
].map((name) => load(`tools/${name}.yaml`, DemoTool));

export const ASSIGNMENTS = [
  'math-middle',
  'math-high',
  'science',
  'english',
  'history',
  'spanish',
  'coding',
].flatMap((subject) => load(`work/${subject}.yaml`, z.array(DemoAssignment)));

export const TEACHER_RUNS = load('work/teachers.yaml', z.array(TeacherRun));
