import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(__dirname, '..');

/** Phrases that only a translation has, each with what plain English says. */
const NOT_PLAIN: readonly (readonly [RegExp, string])[] = [
  [/\bthe own\b/i, 'your, their, the …’s own'],
  [/\b(?:whoever|whosoever|the one who)\b/i, 'name the person: the caller, a student'],
  [/\b(?:whither|whence|wherefrom|an own)\b/i, 'where … to, from where, its own'],
  [/\bwhere (?:there (?:is|are|was|were)|nobody|somebody|none)\b/i, 'if'],
  [/\b(?:null|undefined|false|empty|absent|@throws \w+) where\b/i, 'if'],
  [/\bsomebody else\b/i, 'another user'],
  [/\b(?:for|to) who (?:is|are|has|does|may|can)\b/i, 'for people who'],
  [/\bwho administers nobody\b/i, 'if the caller administers nobody'],
  [/, as (?:there (?:is|are)|only|none|nobody|nothing)\b/i, 'because'],
  [/\bworth (?:its|their) while\b/i, 'say what it gains'],
  [/\b(?:is|are) told of\b/i, 'is notified of'],
];

interface Comment {
  /** `src/app.ts:12`. */
  at: string;
  text: string;
}

const isComment = (line: string): boolean => /^\s*(?:\/\/|\/\*|\*(?:\s|\/|$))/.test(line);

/** The comments of a file that have lines of their own; lines that follow each other are one text. */
function commentsOf(file: string): Comment[] {
  const found: Comment[] = [];
  let isOpen = false;
  readFileSync(path.join(ROOT, file), 'utf8')
    .split('\n')
    .forEach((line, i) => {
      const words = line.replace(/^[\s/*]+|[\s/*]+$/g, '');
      if (isComment(line) && isOpen) (found.at(-1) as Comment).text += ` ${words}`;
      else if (isComment(line)) found.push({ at: `${file}:${i + 1}`, text: words });
      isOpen = isComment(line);
    });
  return found;
}

const filesIn = (folder: string): string[] =>
  readdirSync(path.join(ROOT, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(?:[cm]?[jt]s|prisma)$/.test(entry.name))
    .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)))
    .filter((file) => !/^src\/generated|node_modules/.test(file));

describe('the comments', () => {
  const comments = ['src', 'workflows', 'scripts', 'docker', 'prisma'].flatMap(filesIn).flatMap(commentsOf);

  it('are found by this test', () => {
    expect(comments.length).toBeGreaterThan(3_000);
    expect(comments.map(({ text }) => text)).toContain(
      'Phrases that only a translation has, each with what plain English says.',
    );
  });

  it('are in plain English', () => {
    const wrong = comments.flatMap(({ at, text }) =>
      NOT_PLAIN.filter(([phrase]) => phrase.test(text)).map(
        ([phrase, instead]) => `${at}: "${phrase.exec(text)?.[0]}" → ${instead}`,
      ),
    );
    expect(wrong).toEqual([]);
  });
});
