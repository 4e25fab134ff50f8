import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** The parts of a service that the tests check. */
export interface ComposeService {
  image: string;
  build?: { context: string; dockerfile: string; target: string };
  command?: string[];
  entrypoint?: string[];
  environment?: Record<string, string>;
  ports?: string[];
  volumes?: string[];
  networks?: string[];
  profiles?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test?: string[]; disable?: boolean };
  restart?: string;
  logging?: { options?: Record<string, string> };
  mem_limit?: string;
  stop_grace_period?: string;
  read_only?: boolean;
  tmpfs?: string[];
  user?: string;
  cap_drop?: string[];
  cap_add?: string[];
  security_opt?: string[];
}

export interface ComposeFile {
  services: Record<string, ComposeService>;
  networks: Record<string, { internal?: boolean } | null>;
  volumes: Record<string, unknown>;
}

/** The position of the brace that closes the one opened before `from`. */
function closingBrace(text: string, from: number): number {
  for (let at = from, depth = 1; at < text.length; at += 1) {
    if (text.startsWith('${', at)) depth += 1;
    if (text[at] === '}' && --depth === 0) return at;
  }
  throw new Error(`unclosed variable in ${text}`);
}

/**
 * Fills in `${NAME:-default}`, `${NAME:?message}` and `$$` as Compose does.
 * @throws Error naming a variable that must be set and is not
 */
export function interpolate(text: string, env: Readonly<Record<string, string>>): string {
  const at = text.indexOf('$');
  if (at === -1) return text;
  const before = text.slice(0, at);
  if (text[at + 1] === '$') return `${before}$${interpolate(text.slice(at + 2), env)}`;
  const end = closingBrace(text, at + 2);
  const [, name = '', operator = '', rest = ''] =
    /^(\w+)(?::([-?])(.*))?$/s.exec(text.slice(at + 2, end)) ?? [];
  const given = env[name];
  const isGiven = given !== undefined && given !== '';
  if (!isGiven && operator === '?') throw new Error(`${name} is not set: ${rest}`);
  const value = isGiven ? given : operator === '-' ? interpolate(rest, env) : '';
  return before + value + interpolate(text.slice(end + 1), env);
}

function interpolateAll(value: unknown, env: Readonly<Record<string, string>>): unknown {
  if (typeof value === 'string') return interpolate(value, env);
  if (Array.isArray(value)) return value.map((each) => interpolateAll(each, env));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, interpolateAll(each, env)]));
}

/** Reads the file as written, with aliases and merges resolved. */
export function readComposeFile(path: string): ComposeFile {
  return parse(readFileSync(path, 'utf8'), { merge: true }) as ComposeFile;
}

/** Resolves the file as Compose does with these variables. */
export function resolveComposeFile(file: ComposeFile, env: Readonly<Record<string, string>>): ComposeFile {
  return interpolateAll(file, env) as ComposeFile;
}

/** The variables of an env file. */
export function readEnvFile(path: string): Record<string, string> {
  const lines = readFileSync(path, 'utf8').split('\n');
  return Object.fromEntries(
    lines.flatMap((line) => {
      const [, name, value = ''] = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(line) ?? [];
      return name === undefined ? [] : [[name, value]];
    }),
  );
}
