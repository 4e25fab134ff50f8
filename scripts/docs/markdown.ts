import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { projectRoot } from '../../src/local-servers/project-root';

/** A fenced block of code. */
export interface Fence {
  language: string;
  text: string;
  /** The line number of its first line of code, counted from 1. */
  line: number;
}

export interface MarkdownPage {
  /** The path from the root of the repository. */
  path: string;
  text: string;
  /** Anchors as links name them: `#back-up-and-restore`. */
  anchors: ReadonlySet<string>;
  headings: readonly { level: number; title: string }[];
  links: readonly { target: string; line: number }[];
  fences: readonly Fence[];
  /** The texts between backticks outside of code blocks. */
  inlineCode: readonly { text: string; line: number }[];
}

const NOT_OURS = /^(?:node_modules|dist|coverage|\.)/;

/** The anchor that GitHub makes of a heading. */
function anchorOf(title: string, taken: Set<string>): string {
  const words = title.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[`*]/g, '');
  const base = words
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');
  let anchor = base;
  for (let n = 1; taken.has(anchor); n += 1) anchor = `${base}-${n}`;
  taken.add(anchor);
  return anchor;
}

interface Line {
  text: string;
  line: number;
}

/** Separates the fenced blocks from the text of a page. */
function splitFences(text: string): { words: Line[]; fences: Fence[] } {
  const words: Line[] = [];
  const fences: Fence[] = [];
  let open: { fence: Fence; mark: string; indent: number; lines: string[] } | null = null;
  for (const [i, line] of text.split('\n').entries()) {
    const mark = /^\s*(`{3,}|~{3,})\s*([\w-]*)/.exec(line);
    const indent = /^\s*/.exec(line)?.[0].length ?? 0;
    if (open === null && mark !== null) {
      open = {
        fence: { language: mark[2] ?? '', text: '', line: i + 2 },
        mark: mark[1] as string,
        // A block in a list is indented; its code is not.
        indent,
        lines: [],
      };
    } else if (open !== null && mark !== null && mark[1]?.startsWith(open.mark) === true && mark[2] === '') {
      fences.push({ ...open.fence, text: open.lines.join('\n') });
      open = null;
    } else if (open === null) words.push({ text: line, line: i + 1 });
    else open.lines.push(line.slice(Math.min(indent, open.indent)));
  }
  if (open !== null) throw new Error(`the block of line ${open.fence.line - 1} has no end`);
  return { words, fences };
}

/** Parses a page into its parts. */
export function parseMarkdown(path: string, text: string): MarkdownPage {
  const { words, fences } = splitFences(text);
  const taken = new Set<string>();
  const headings = words.flatMap(({ text: line }) => {
    const [, marks, title] = /^(#{1,6})\s+(.+?)\s*#*$/.exec(line) ?? [];
    return marks === undefined || title === undefined ? [] : [{ level: marks.length, title }];
  });
  for (const { title } of headings) anchorOf(title, taken);
  for (const { text: line } of words)
    for (const [, id] of line.matchAll(/<a (?:id|name)="([^"]+)"/g)) taken.add(id as string);
  const linksOf = ({ text: line, line: number }: Line) =>
    [...line.replace(/`[^`]*`/g, '').matchAll(/\]\(\s*<?([^)\s>]+)>?[^)]*\)/g)].map(([, target]) => ({
      target: target as string,
      line: number,
    }));
  const codeOf = ({ text: line, line: number }: Line) =>
    [...line.matchAll(/`([^`]+)`/g)].map(([, code]) => ({ text: code as string, line: number }));
  return {
    ...{ path, text, anchors: taken, headings, fences },
    links: words.flatMap(linksOf),
    inlineCode: words.flatMap(codeOf),
  };
}

/** Every page of the repository. */
export function readPages(): MarkdownPage[] {
  const folders = readdirSync(projectRoot, { withFileTypes: true }).filter(
    ({ name }) => !NOT_OURS.test(name),
  );
  const files = folders.flatMap((entry) =>
    entry.isDirectory()
      ? readdirSync(join(projectRoot, entry.name), { recursive: true, encoding: 'utf8' }).map((file) =>
          join(entry.name, file),
        )
      : [entry.name],
  );
  return files
    .filter((file) => file.endsWith('.md') && !file.split(sep).includes('node_modules'))
    .map((file) => relative('.', file).split(sep).join('/'))
    .sort()
    .map((path) => parseMarkdown(path, readFileSync(join(projectRoot, path), 'utf8')));
}

/** Where a link of a page leads: a file of the repository and an anchor in it; null for other addresses. */
export function resolveLink(page: string, target: string): { file: string; anchor: string } | null {
  if (/^[a-z][a-z0-9+.-]*:/i.test(target)) return null;
  const [path = '', anchor = ''] = target.split('#');
  return {
    file: path === '' ? page : posix.join(posix.dirname(page), decodeURIComponent(path)),
    anchor,
  };
}
