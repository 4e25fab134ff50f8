import { execa } from 'execa';
import { type Container, namelessVolumes, rootProcesses } from './containers';

/** An engine or a Compose that cannot run the stack. */
export class NoEngineError extends Error {}

/** Runs the command line tool of Docker. @returns what it printed. @throws Error with what it complained about. */
export async function docker(...args: readonly string[]): Promise<string> {
  const { stdout } = await execa('docker', args, { stdin: 'ignore' });
  return stdout.trim();
}

/** @returns the versions of engine and Compose. @throws NoEngineError where there is none of them. */
export async function findEngine(): Promise<string> {
  try {
    const engine = await docker('version', '--format', '{{.Server.Version}}');
    return `Docker Engine ${engine}, Compose ${await docker('compose', 'version', '--short')}`;
  } catch (error) {
    throw new NoEngineError((error as Error).message.trim().split('\n').at(-1));
  }
}

export interface StackOptions {
  /** Apart from the stack that somebody may run on this machine: other containers, networks and volumes. */
  project: string;
  /** Compose files, the first one decides what paths are relative to. */
  files: readonly string[];
  envFile: string;
}

/** The services of some Compose files. */
export class Stack {
  private readonly options: readonly string[];

  constructor({ project, files, envFile }: StackOptions) {
    const chosen = files.flatMap((file) => ['--file', file]);
    this.options = ['--project-name', project, '--env-file', envFile, ...chosen];
  }

  compose(...args: readonly string[]): Promise<string> {
    return docker('compose', ...this.options, ...args);
  }

  /** Starts what is not running, and waits until all are healthy. */
  async up(...services: readonly string[]): Promise<void> {
    await this.compose('up', '--detach', '--wait', ...services);
  }

  /** A program in a service's container. */
  exec(service: string, ...command: readonly string[]): Promise<string> {
    return this.compose('exec', '--no-TTY', service, ...command);
  }

  /** Ends a container without a word, and brings it back as an operator does. */
  async killAndRestart(service: string): Promise<void> {
    await this.compose('kill', '--signal', 'KILL', service);
    await this.up();
  }

  async containers(): Promise<Container[]> {
    const ids = (await this.compose('ps', '--all', '--quiet')).split('\n').filter((id) => id !== '');
    return JSON.parse(await docker('inspect', ...ids)) as Container[];
  }

  /** @throws Error naming containers that run more as root than they have to, or leave volumes behind. */
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

  /** Everything that was made, data included; images stay. */
  async down(): Promise<void> {
    await this.compose('--profile', '*', 'down', '--volumes', '--remove-orphans', '--timeout', '30');
  }
}
