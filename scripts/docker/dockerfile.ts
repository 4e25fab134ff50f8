import { readFileSync } from 'node:fs';
import { type Cmd, DockerfileParser, type From, type Instruction } from 'dockerfile-ast';

/** A stage of a Dockerfile with its instructions, without its `FROM`. */
export interface DockerfileStage {
  name: string;
  /** The image or stage that it starts from; build arguments are filled in. */
  from: string;
  instructions: Instruction[];
}

/** The settings with which a container of an image starts. */
export interface ImageSettings {
  env: Record<string, string>;
  command: string[];
  healthcheck: string[];
  user: string;
  exposes: number[];
}

/** Reads the stages of a Dockerfile in their order. */
export function readDockerfile(path: string): DockerfileStage[] {
  const stages: DockerfileStage[] = [];
  for (const instruction of DockerfileParser.parse(readFileSync(path, 'utf8')).getInstructions()) {
    if (instruction.getKeyword() === 'FROM') {
      const from = instruction.getExpandedArguments()[0]?.getValue() ?? '';
      stages.push({ name: (instruction as From).getBuildStage() ?? '', from, instructions: [] });
    } else stages.at(-1)?.instructions.push(instruction);
  }
  return stages;
}

/** The settings of the stages that a target is built from; the last one wins. */
export function settingsOf(stages: readonly DockerfileStage[], target: string): ImageSettings {
  const stage = stages.find(({ name }) => name === target);
  if (stage === undefined) return { env: {}, command: [], healthcheck: [], user: 'root', exposes: [] };
  const settings = settingsOf(stages, stage.from);
  for (const instruction of stage.instructions) apply(settings, instruction);
  return settings;
}

const words = (text: string): string[] => JSON.parse(text.slice(text.indexOf('['))) as string[];

function apply(settings: ImageSettings, instruction: Instruction): void {
  const text = instruction.getArgumentsContent() ?? '';
  const keyword = instruction.getKeyword();
  if (keyword === 'ENV')
    for (const argument of instruction.getArguments()) {
      const [name = '', value = ''] = argument.getValue().split('=');
      settings.env[name] = value;
    }
  if (keyword === 'CMD')
    settings.command = (instruction as Cmd).getJSONStrings().map((each) => each.getJSONValue());
  if (keyword === 'HEALTHCHECK') settings.healthcheck = words(text);
  if (keyword === 'USER') settings.user = text;
  if (keyword === 'EXPOSE') settings.exposes.push(Number(text));
}
