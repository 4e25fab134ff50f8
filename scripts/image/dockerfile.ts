import { readFileSync } from 'node:fs';

/** One line of a Dockerfile, continued lines put together. */
export interface Instruction {
  /** In capitals: `RUN`, `COPY`… */
  name: string;
  /** `--from=build`, `--mount=…`: name and value. */
  flags: Readonly<Record<string, string>>;
  /** What follows the flags, with build arguments filled in. */
  text: string;
  line: number;
}

export interface Stage {
  name: string;
  /** The image, or the stage, that it begins with. */
  from: string;
  instructions: Instruction[];
}

/** Which of them a folder can stand in for; an unknown one is an error, so that nothing is left out unseen. */
const KNOWN = new Set([
  ...['ARG', 'FROM', 'RUN', 'COPY', 'WORKDIR', 'ENV'],
  ...['USER', 'VOLUME', 'EXPOSE', 'HEALTHCHECK', 'CMD', 'LABEL'],
]);

function logicalLines(text: string): { text: string; line: number }[] {
  const lines: { text: string; line: number }[] = [];
  let continues = false;
  for (const [index, raw] of text.split('\n').entries()) {
    if (/^\s*(#|$)/.test(raw)) continue;
    const part = raw.replace(/\\$/, '');
    const last = lines.at(-1);
    if (continues && last !== undefined) last.text += part.trimStart();
    else lines.push({ text: part, line: index + 1 });
    continues = part !== raw;
  }
  return lines;
}

function parseLine(text: string, line: number): Instruction {
  const [, name = '', rest = ''] = /^\s*([A-Za-z]+)\s+(.*)$/.exec(text) ?? [];
  if (!KNOWN.has(name.toUpperCase()))
    throw new Error(`Dockerfile:${line}: "${text.trim()}" is not understood`);
  const flags: Record<string, string> = {};
  // A health check's own flags stand before its command; elsewhere they come first as well.
  const body = rest.replace(/^(?:--[a-z-]+(?:=\S*)?\s+)+/, (found) => {
    for (const [, flag = '', value = ''] of found.matchAll(/--([a-z-]+)(?:=(\S*))?/g)) flags[flag] = value;
    return '';
  });
  return { name: name.toUpperCase(), flags, text: body.trim(), line };
}

/**
 * The stages of a Dockerfile, in their order.
 * @throws Error at an instruction that `prove:image` could not run.
 */
export function parseDockerfile(text: string): Stage[] {
  const args: Record<string, string> = {};
  const stages: Stage[] = [];
  for (const { text: source, line } of logicalLines(text)) {
    const instruction = parseLine(source, line);
    if (instruction.name === 'ARG' && stages.length === 0) {
      const [name = '', value = ''] = instruction.text.split('=');
      args[name] = value;
    } else if (instruction.name === 'FROM') {
      const filled = instruction.text.replace(/\$\{(\w+)\}/g, (_, name: string) => args[name] ?? '');
      const [from = '', , name = String(stages.length)] = filled.split(/\s+/);
      stages.push({ name, from, instructions: [] });
    } else {
      const stage = stages.at(-1);
      if (stage === undefined)
        throw new Error(`Dockerfile:${line}: ${instruction.name} before the first FROM`);
      stage.instructions.push(instruction);
    }
  }
  return stages;
}

export function readDockerfile(path: string): Stage[] {
  return parseDockerfile(readFileSync(path, 'utf8'));
}

/** The stage with those it is made from, the first one first; what is not needed is left out. */
export function stagesFor(stages: readonly Stage[], target: string): Stage[] {
  const stage = stages.find(({ name }) => name === target);
  if (stage === undefined) return [];
  const sources = stage.instructions.flatMap(({ flags }) => (flags.from === undefined ? [] : [flags.from]));
  const needed = [stage.from, ...sources].flatMap((name) => stagesFor(stages, name));
  return [...new Set([...needed, stage])];
}

/** What a container of the target starts with: each setting of the stages that it is made from, the last one wins. */
export function settingsOf(stages: readonly Stage[], target: string): ImageSettings {
  const stage = stages.find(({ name }) => name === target);
  if (stage === undefined)
    return { env: {}, command: [], healthcheck: [], user: 'root', exposes: [], volumes: [] };
  const inherited = settingsOf(stages, stage.from);
  for (const { name, text } of stage.instructions) apply(inherited, name, text);
  return inherited;
}

export interface ImageSettings {
  env: Record<string, string>;
  command: string[];
  healthcheck: string[];
  user: string;
  exposes: number[];
  volumes: string[];
}

function apply(settings: ImageSettings, name: string, text: string): void {
  if (name === 'ENV')
    for (const [, key = '', value = ''] of text.matchAll(/(\w+)=(\S+)/g)) settings.env[key] = value;
  if (name === 'CMD') settings.command = JSON.parse(text) as string[];
  if (name === 'HEALTHCHECK') settings.healthcheck = JSON.parse(text.replace(/^CMD\s+/, '')) as string[];
  if (name === 'USER') settings.user = text;
  if (name === 'EXPOSE') settings.exposes.push(Number(text));
  if (name === 'VOLUME') settings.volumes.push(text);
}
