import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Rule {
  pattern: RegExp;
  text: string;
  /** `!`: takes back what an earlier line has left out. */
  isException: boolean;
}

/** `**` is any folders, `*` anything within one name. */
function patternOf(glob: string): RegExp {
  const source = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .split('**/')
    .map((part) => part.replace(/\*/g, '[^/]*'))
    .join('(?:.*/)?');
  // A rule about a folder holds for all that is in it.
  return new RegExp(`^${source}(?:/.*)?$`);
}

function parseRules(text: string): Rule[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const isException = line.startsWith('!');
      const glob = isException ? line.slice(1) : line;
      return { pattern: patternOf(glob), text: glob, isException };
    });
}

/** Which files of a folder a build may see, by the rules of its `.dockerignore`: the last line that fits decides. */
export class BuildContext {
  private readonly rules: Rule[];

  constructor(readonly folder: string) {
    this.rules = parseRules(readFileSync(join(folder, '.dockerignore'), 'utf8'));
  }

  contains(path: string): boolean {
    const rule = this.rules.findLast(({ pattern }) => pattern.test(path));
    return rule === undefined || rule.isException;
  }

  /** Every file of it, by path. */
  files(): string[] {
    return this.filesBelow('').sort();
  }

  private filesBelow(folder: string): string[] {
    return readdirSync(join(this.folder, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) return this.mayHoldSome(path) ? this.filesBelow(path) : [];
      return this.contains(path) ? [path] : [];
    });
  }

  private mayHoldSome(folder: string): boolean {
    if (this.contains(folder)) return true;
    return this.rules.some(({ isException, text }) => isException && text.startsWith(`${folder}/`));
  }
}
