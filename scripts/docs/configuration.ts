import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { EnvSchema } from '../../src/config/env';
import { projectRoot } from '../../src/local-servers/project-root';
import { READERS, SECTIONS, SET_IN_PRODUCTION, type Section } from './configuration.sections';

type Field = z.ZodType;
interface JsonShape {
  type?: string;
  enum?: string[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
}

const fields: readonly (readonly [string, Field])[] = Object.entries(EnvSchema.shape);

const code = (text: string): string => `\`${text}\``;
/** A cell of a table, with its bars escaped because a bar would end the cell. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function defaultOf(field: Field): string {
  const { success, data } = field.safeParse(undefined);
  if (!success) return '**required**';
  const text = [data].flat().join(',');
  return text === '' ? '' : code(text);
}

/** The allowed values, if the schema can say them in few words. */
function valuesOf(field: Field): string {
  const shape = z.toJSONSchema(field, { io: 'input', unrepresentable: 'any' }) as JsonShape;
  if (shape.enum !== undefined) return shape.enum.map(code).join(', ');
  if (shape.minimum !== undefined && shape.maximum !== undefined)
    return `${shape.minimum} to ${shape.maximum}`;
  if (shape.minLength !== undefined && shape.minLength > 1) return `${shape.minLength} characters or more`;
  return '';
}

/** Which programs read a setting. */
export function readersOf(name: string): string {
  const matches = (pattern: string) =>
    pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
  return READERS.find(([, names]) => names.some(matches))?.[0] ?? 'API, worker';
}

/** The settings of each section, in the order of the schema. */
export function sectionsOf(): (Section & { fields: typeof fields })[] {
  const starts = SECTIONS.map(({ first }) => fields.findIndex(([name]) => name === first));
  return SECTIONS.map((section, i) => ({ ...section, fields: fields.slice(starts[i], starts[i + 1]) }));
}

function rowOf([name, field]: readonly [string, Field]): string {
  const cells = [code(name), field.description ?? '', valuesOf(field), defaultOf(field), readersOf(name)];
  return `| ${cells.map(cell).join(' | ')} |`;
}

function sectionText({ title, text, fields: own }: ReturnType<typeof sectionsOf>[number]): string {
  return [
    `## ${title}`,
    '',
    text,
    '',
    '| Variable | Meaning | Values | Default | Read by |',
    '| --- | --- | --- | --- | --- |',
    ...own.map(rowOf),
    '',
  ].join('\n');
}

const INTRO = `# Configuration

<!-- Made by "npm run docs:configuration" from src/config/env.ts. A test keeps it equal: do not edit it by hand. -->

Every setting is an environment variable, checked when a process starts; what is wrong or missing is named, all at once, and the process ends. An empty variable counts as absent. \`npm start\` also reads a file \`.env\` in the checkout; copy [.env.example](../.env.example), which has the same list. API and worker take the same variables, so that one file or one ConfigMap can serve both: what a process does not need it ignores.

A change takes effect at the next start of the processes that read the variable.
`;

function productionText(): string {
  const required = fields.filter(([, field]) => !field.safeParse(undefined).success);
  return [
    '## What production needs',
    '',
    `Nothing starts without ${required.map(([name]) => code(name)).join(' and ')}. These have defaults made for a laptop; set them too:`,
    '',
    '| Variable | Why |',
    '| --- | --- |',
    ...Object.entries(SET_IN_PRODUCTION).map(([name, why]) => `| ${code(name)} | ${cell(why)} |`),
    '',
    'Some belong together, and one without the other is refused: `ADMIN_EMAIL` and `ADMIN_PASSWORD`, `S3_ACCESS_KEY_ID` and `S3_SECRET_ACCESS_KEY`, `VAPID_PUBLIC_KEY` and `VAPID_PRIVATE_KEY`; `RESEND_API_KEY` or `SMTP_URL` needs `MAIL_FROM`.',
    '',
    'How to make and change secrets: [Operations, rotate secrets](operations.md#rotate-secrets).',
    '',
  ].join('\n');
}

/** The whole page, generated from the schema. */
export function configurationPage(): string {
  return [INTRO, productionText(), ...sectionsOf().map(sectionText)].join('\n');
}

const PAGE = 'docs/configuration.md';

/** Writes the page to its place in docs. */
export function writeConfigurationPage(): void {
  writeFileSync(join(projectRoot, PAGE), configurationPage());
  console.log(`${PAGE} was written`);
}
