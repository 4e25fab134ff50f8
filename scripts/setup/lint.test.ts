import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../src/local-servers/project-root';

const PLANTED = `
import { EventEmitter } from 'node:events';

async function save(): Promise<void> {
  await Promise.resolve();
}

export function callsFunction(): void {
  save(); // floating
}

class Repository {
  async insert(): Promise<void> {
    await save();
  }
}

export class Service {
  constructor(private readonly repository: Repository) {}

  callsMethodOfField(): void {
    this.repository.insert(); // floating
  }

  decided(): void {
    void this.repository.insert();
  }
}

export const emitter = new EventEmitter();
emitter.on('event', async () => { // misused
  await save();
});
emitter.on('event', () => {
  save(); // floating
});
`;

interface Diagnostic {
  code: string;
  labels: { span: { line: number } }[];
}

// A reviewer easily overlooks a floating promise, whose error ends the process.
it('finds promises that nobody waits for, through types as well', () => {
  const folder = mkdtempSync(join(tmpdir(), 'raptscallions-lint-'));
  try {
    for (const file of ['.oxlintrc.json', 'tsconfig.json'])
      copyFileSync(join(projectRoot, file), join(folder, file));
    symlinkSync(join(projectRoot, 'node_modules'), join(folder, 'node_modules'));
    mkdirSync(join(folder, 'src'));
    writeFileSync(join(folder, 'src', 'planted.ts'), PLANTED);
    const oxlint = join(projectRoot, 'node_modules', 'oxlint', 'bin', 'oxlint');
    const { stdout, status } = spawnSync(process.execPath, [oxlint, '--type-aware', '--format=json', 'src'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: Diagnostic[] };
    const found = diagnostics.map(({ code, labels }) => `${labels[0]?.span.line} ${code}`);
    const expected = PLANTED.split('\n').flatMap((line, index) => {
      const rule = /\/\/ (floating|misused)/.exec(line)?.[1];
      return rule ? [`${index + 1} typescript(no-${rule}-promises)`] : [];
    });
    expect(expected).toHaveLength(4);
    expect(found.sort()).toEqual(expected.sort());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
