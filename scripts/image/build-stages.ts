import { appendFileSync, copyFileSync, cpSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { BuildContext } from './build-context';
import { run } from './command';
import type { Instruction, Stage } from './dockerfile';
import { runInSandbox } from './sandbox';

/** Debian's packages are this machine's own here. */
const NOT_HERE = /^apt-get /;
/** What a build needs of the caller's environment: where programs are, and how registries are reached. */
const PASSED_ON = /^(PATH|GO[A-Z]+|npm_config_\w+|https?_proxy|no_proxy|NODE_EXTRA_CA_CERTS|SSL_CERT_\w+)$/i;

export interface BuiltStage {
  /** The folder that holds what would be the image's files. */
  folder: string;
  copied: string[];
  ran: string[];
  /** Commands that make no sense outside of a container. */
  skipped: string[];
}

/** Runs the stages of a Dockerfile one after the other, each in a folder of its own below `work`. */
export class StageBuilder {
  readonly built = new Map<string, BuiltStage>();
  private readonly context: BuildContext;
  private readonly files: string[];

  constructor(
    private readonly root: string,
    private readonly work: string,
    private readonly tell: (line: string) => void,
  ) {
    this.context = new BuildContext(root);
    this.files = this.context.files();
  }

  async build(stage: Stage): Promise<BuiltStage> {
    const startedAt = Date.now();
    const result: BuiltStage = { folder: join(this.work, stage.name), copied: [], ran: [], skipped: [] };
    await this.begin(stage, result.folder);
    let cwd = '/app';
    const env: Record<string, string> = {};
    for (const instruction of stage.instructions) {
      if (instruction.name === 'WORKDIR') {
        cwd = instruction.text;
        mkdirSync(join(result.folder, cwd), { recursive: true });
      } else if (instruction.name === 'ENV') {
        for (const [, name = '', value = ''] of instruction.text.matchAll(/(\w+)=(\S+)/g)) env[name] = value;
      } else if (instruction.name === 'COPY') await this.copy(instruction, cwd, result);
      else if (instruction.name === 'RUN') await this.run(instruction, cwd, env, result);
    }
    this.built.set(stage.name, result);
    this.tell(
      `${stage.name}: ${result.ran.length} commands, ${Math.round((Date.now() - startedAt) / 100) / 10} s`,
    );
    return result;
  }

  private async begin(stage: Stage, folder: string): Promise<void> {
    const parent = this.built.get(stage.from);
    // The same files under another name, as layers are shared: what a stage adds replaces them, it never writes into them.
    if (parent !== undefined) return run('cp', ['-al', parent.folder, folder]);
    mkdirSync(join(folder, 'etc'), { recursive: true });
    copyFileSync('/etc/passwd', join(folder, 'etc/passwd'));
    copyFileSync('/etc/group', join(folder, 'etc/group'));
    if (!stage.from.startsWith('node:')) return;
    appendFileSync(join(folder, 'etc/passwd'), 'node:x:1000:1000::/home/node:/bin/sh\n');
    appendFileSync(join(folder, 'etc/group'), 'node:x:1000:\n');
  }

  private async copy({ text, flags, line }: Instruction, cwd: string, stage: BuiltStage): Promise<void> {
    const words = text.split(/\s+/);
    const destination = words.pop() as string;
    const target = join(stage.folder, resolve(cwd, destination));
    const intoFolder = destination.endsWith('/') || words.length > 1;
    for (const word of words) {
      const place = intoFolder ? join(target, basename(word)) : target;
      if (flags.from !== undefined) await this.copyFromStage(flags.from, word, place);
      else this.copyFromContext(word, intoFolder, target, line, stage);
    }
  }

  private async copyFromStage(from: string, path: string, place: string): Promise<void> {
    const source = this.built.get(from);
    if (source === undefined) throw new Error(`there is no stage "${from}"`);
    mkdirSync(join(place, '..'), { recursive: true });
    await run('cp', ['-a', '-l', '-T', '--remove-destination', join(source.folder, path), place]);
  }

  private copyFromContext(
    path: string,
    intoFolder: boolean,
    target: string,
    line: number,
    stage: BuiltStage,
  ): void {
    const isFolder = existsSync(join(this.root, path)) && statSync(join(this.root, path)).isDirectory();
    const found = this.files.filter((file) => file === path || file.startsWith(`${path}/`));
    if (found.length === 0) throw new Error(`Dockerfile:${line}: there is no ${path} in the build context`);
    for (const file of found) {
      // Of a folder its contents are copied, of a file the file.
      const place = isFolder
        ? join(target, file.slice(path.length))
        : intoFolder
          ? join(target, basename(file))
          : target;
      cpSync(join(this.root, file), place);
      stage.copied.push(file);
    }
  }

  private async run(
    { text }: Instruction,
    cwd: string,
    env: Record<string, string>,
    stage: BuiltStage,
  ): Promise<void> {
    if (NOT_HERE.test(text)) {
      stage.skipped.push(text);
      return;
    }
    stage.ran.push(text);
    const passed = Object.entries(process.env).filter(
      (entry): entry is [string, string] => PASSED_ON.test(entry[0]) && entry[1] !== undefined,
    );
    await runInSandbox(
      {
        image: stage.folder,
        as: 'builder',
        cwd,
        env: { ...Object.fromEntries(passed), HOME: '/root', ...env },
        // Stands for the cache mounts, and for how this machine's package clients are set up.
        writable: existsSync(homedir()) ? { '/root': homedir() } : {},
      },
      ['sh', '-c', text],
    );
  }
}
