import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { guardProcess } from '../../src/local-servers/guard';

/** A file system to run in: this machine's programs and libraries with the layers of an image over them. */
export interface SandboxOptions {
  /** The image's own files; what is in its folders of other names than the system's is put at the top. */
  image: string;
  /** Folders that may be written to, by their path inside; the rest is read-only. `/tmp` is always there, and empty. */
  writable?: Readonly<Record<string, string>>;
  /** Build stages run as root with the image writable; a container runs as an ordinary user with all of it read-only. */
  as: 'builder' | 'container';
  env: Readonly<Record<string, string>>;
  cwd?: string;
}

/** What the Debian of the image has, the Debian of this machine stands in for. */
const SYSTEM = ['usr', 'bin', 'sbin', 'lib', 'lib64', 'etc'];
/** The user `node` of Node's images. */
const USER_ID = 1000;

/** @throws Error naming what this machine lacks. */
export function assertSandboxPossible(): void {
  const missing = ['unshare', 'setpriv', 'chroot', 'mount', 'ip'].filter(
    (tool) => spawnSync('which', [tool]).status !== 0,
  );
  if (missing.length > 0) throw new Error(`Missing on this machine: ${missing.join(', ')}`);
  const probe = spawnSync('unshare', ['--mount', '--net', 'ip', 'link', 'set', 'lo', 'up'], {
    encoding: 'utf8',
  });
  if (process.platform === 'linux' && process.getuid?.() === 0 && probe.status === 0) return;
  throw new Error(
    `The image is proven in namespaces of its own, which takes Linux and root ("sudo npm run prove:image"): ${probe.stderr.trim()}`,
  );
}

/** The shell commands that put the file system together, at `root`. */
function mounts({ image, writable = {}, as }: SandboxOptions, root: string): string[] {
  const q = (path: string) => `'${path}'`;
  const readOnly = as === 'container';
  const bind = (from: string, to: string, isReadOnly: boolean) => [
    `mkdir -p ${q(root + to)}`,
    `mount --rbind ${q(from)} ${q(root + to)}`,
    ...(isReadOnly ? [`mount -o remount,bind,ro ${q(root + to)}`] : []),
  ];
  const system = SYSTEM.flatMap((name) => {
    const own = join(image, name);
    if (existsSync(own))
      return [
        `mkdir -p ${root}/${name}`,
        `mount -t overlay -o ro,lowerdir=${own}:/${name} image ${root}/${name}`,
      ];
    // On a merged Debian /bin is a link to /usr/bin.
    return [
      `if [ -L /${name} ]; then cp -P /${name} ${root}/${name}; elif [ -d /${name} ]; then ${bind(`/${name}`, `/${name}`, true).join(' && ')}; fi`,
    ];
  });
  return [
    `mount -t tmpfs -o mode=755 root ${q(root)}`,
    ...system,
    ...ownFolders(image).flatMap((name) => bind(join(image, name), `/${name}`, readOnly)),
    ...Object.entries(writable).flatMap(([inside, outside]) => bind(outside, inside, false)),
    `mkdir -m 1777 ${root}/tmp`,
    `mount -t tmpfs -o mode=1777 tmp ${root}/tmp`,
    ...bind('/proc', '/proc', false),
    ...bind('/dev', '/dev', false),
    ...(readOnly ? [`mount -o remount,bind,ro ${q(root)}`] : []),
  ];
}

function ownFolders(image: string): string[] {
  const { stdout } = spawnSync('ls', ['-A', image], { encoding: 'utf8' });
  return stdout.split('\n').filter((name) => name !== '' && name !== 'root' && !SYSTEM.includes(name));
}

/** The top of the file system is only borrowed: a folder that a command has made there goes into the image. */
function keepNewFolders(image: string, root: string): string[] {
  const known = ['proc', 'dev', 'tmp', 'root', ...SYSTEM].map((name) => `/${name}`).join('|');
  return [
    `for folder in '${root}'/*; do`,
    `  name=\${folder#'${root}'}`,
    `  case "$name" in ${known}) ;; *) [ -e '${image}'"$name" ] || cp -a "$folder" '${image}'"$name" ;; esac`,
    'done',
  ];
}

/** Starts a program in the sandbox; it has the caller's network. */
export function startInSandbox(options: SandboxOptions, command: readonly string[]): ChildProcess {
  const root = `${options.image}.root`;
  const cwd = options.cwd ?? '/app';
  mkdirSync(root, { recursive: true });
  const env = Object.entries(options.env).map(([name, value]) => `${name}=${value}`);
  const user = [
    ...['setpriv', `--reuid=${USER_ID}`, `--regid=${USER_ID}`, '--clear-groups'],
    ...['--no-new-privs', '--bounding-set=-all'],
  ];
  const script = [
    'set -e',
    ...mounts(options, root),
    // What is given after the script is the program with its arguments, taken over as it is.
    ...(options.as === 'container'
      ? [`exec chroot '${root}' ${user.join(' ')} env -i -C '${cwd}' "$@"`]
      : [`chroot '${root}' env -i -C '${cwd}' "$@"`, ...keepNewFolders(options.image, root)]),
  ].join('\n');
  const child = spawn(
    'unshare',
    ['--mount', '--propagation', 'private', 'sh', '-c', script, 'sandbox', ...env, ...command],
    { stdio: ['ignore', 'pipe', 'pipe'], detached: true },
  );
  guardProcess(child);
  return child;
}

/** Runs a program in the sandbox to its end. @throws Error with what it printed, unless it ended with 0. */
export async function runInSandbox(options: SandboxOptions, command: readonly string[]): Promise<string> {
  const child = startInSandbox(options, command);
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => output.push(String(chunk)));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  if (code === 0) return output.join('');
  throw new Error(`${command.join(' ')} ended with ${code}:\n${output.join('').slice(-4_000)}`);
}
