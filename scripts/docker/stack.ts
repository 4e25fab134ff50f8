import { execa } from 'execa';
import { type DockerContainer, namelessVolumes, rootProcesses } from './containers';

/** Docker or Compose is missing or too old to run the stack. */
export class NoEngineError extends Error {}

/** Runs Docker's command line tool. @returns its output. @throws Error with its complaint */
export async function docker(...args: readonly string[]): Promise<string> {
  const { stdout } = await execa('docker', args, { stdin: 'ignore' });
  return stdout.trim();
}

/** @returns the versions of Docker and Compose. @throws NoEngineError if one is missing */
export async function findEngine(): Promise<string> {
  try {
    const engine = await docker('version', '--format', '{{.Server.Version}}');
    return `Docker Engine ${engine}, Compose ${await docker('compose', 'version', '--short')}`;
  } catch (error) {
    throw new NoEngineError((error as Error).message.trim().split('\n').at(-1));
  }
}

export interface StackOptions {
  /**
   * The project name keeps containers, networks and volumes apart from a stack that already runs on this
   * machine.
   */
  project: string;
  /** Compose files. Paths are relative to the first one. */
  files: readonly string[];
  envFile: string;
}

/** The services of a set of Compose files. */
export class Stack {
  private readonly options: readonly string[];

  constructor({ project, files, envFile }: StackOptions) {
    const chosen = files.flatMap((file) => ['--file', file]);
    this.options = ['--project-name', project, '--env-file', envFile, ...chosen];
  }

  compose(...args: readonly string[]): Promise<string> {
    return docker('compose', ...this.options, ...args);
  }

  /** Starts the services that are not running, and waits until all are healthy. */
  async up(...services: readonly string[]): Promise<void> {
    await this.compose('up', '--detach', '--wait', ...services);
  }

  /** Runs a program in a service's container. */
  exec(service: string, ...command: readonly string[]): Promise<string> {
    return this.compose('exec', '--no-TTY', service, ...command);
  }

  /** Kills a container and starts it again, as an operator would. */
  async killAndRestart(service: string): Promise<void> {
    await this.compose('kill', '--signal', 'KILL', service);
    await this.up();
  }

  async containers(): Promise<DockerContainer[]> {
    const ids = (await this.compose('ps', '--all', '--quiet')).split('\n').filter((id) => id !== '');
    return JSON.parse(await docker('inspect', ...ids)) as DockerContainer[];
  }

  /** @throws Error naming containers that run as root needlessly or leave volumes behind */
  async assertTidy(): Promise<void> {
    const containers = await this.containers();
    const nameless = containers.flatMap(namelessVolumes);
    if (nameless.length > 0) throw new Error(`volumes without a name: ${nameless.join(', ')}`);
    for (const { Id, Name, State } of containers.filter((each) => each.State.Running)) {
      const root = rootProcesses(await docker('top', Id, '-eo', 'uid,pid,args'));
      if (root.length > 0 && !/-(?:caddy|storage)-\d+$/.test(Name))
        throw new Error(`${Name} (${State.Status}) runs as root: ${root.join(', ')}`);
    }
  }

  /** Removes everything that was created, including data. Images stay. */
  async down(): Promise<void> {
    await this.compose('--profile', '*', 'down', '--volumes', '--remove-orphans', '--timeout', '30');
  }
}
