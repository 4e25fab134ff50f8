import bidiFactory from 'bidi-js';

const bidi = bidiFactory();

export type Direction = 'ltr' | 'rtl';

/** Text of one direction, its characters in reading order. */
export interface BidiRun {
  text: string;
  direction: Direction;
}

/** Characters that are or may be read from right to left: Hebrew, Arabic, and the neighbouring blocks. */
const FROM_THE_RIGHT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** The direction of a whole text: that of its first letter. */
export function directionOf(text: string): Direction {
  if (!FROM_THE_RIGHT.test(text)) return 'ltr';
  const { paragraphs } = bidi.getEmbeddingLevels(text, 'auto');
  return (paragraphs[0]?.level ?? 0) % 2 === 1 ? 'rtl' : 'ltr';
}

const isSurrogatePair = (text: string, i: number): boolean => (text.codePointAt(i) as number) > 0xffff;

/** Brackets and the like are mirrored in text that is read from right to left. */
function mirrored(text: string): string {
  return Array.from(text, (character) => bidi.getMirroredCharacter(character) ?? character).join('');
}

/** The runs of one embedding level, in reading order. */
function levelRuns(line: string, levels: Uint8Array): { text: string; level: number }[] {
  const runs: { text: string; level: number }[] = [];
  for (let i = 0; i < line.length; i += isSurrogatePair(line, i) ? 2 : 1) {
    const character = String.fromCodePoint(line.codePointAt(i) as number);
    const level = levels[i] as number;
    const last = runs.at(-1);
    if (last?.level === level) last.text += character;
    else runs.push({ text: character, level });
  }
  return runs;
}

/** The runs of a line from left to right, by the Unicode Bidirectional Algorithm (rule L2). Pure. */
export function visualRuns(line: string, base: Direction): BidiRun[] {
  if (base === 'ltr' && !FROM_THE_RIGHT.test(line)) return [{ text: line, direction: 'ltr' }];
  const runs = levelRuns(line, bidi.getEmbeddingLevels(line, base).levels);
  const highest = Math.max(0, ...runs.map(({ level }) => level));
  for (let level = highest; level >= 1; level -= 1) {
    for (let first = 0; first < runs.length; first += 1) {
      if ((runs[first] as { level: number }).level < level) continue;
      let end = first;
      while (end < runs.length && (runs[end] as { level: number }).level >= level) end += 1;
      runs.splice(first, end - first, ...runs.slice(first, end).reverse());
      first = end;
    }
  }
  return runs.map(({ text, level }) =>
    level % 2 === 1 ? { text: mirrored(text), direction: 'rtl' } : { text, direction: 'ltr' },
  );
}
