import type { GlyphPosition, GlyphRun } from 'fontkit';
import type { Direction } from './bidi';
import type { SliceFont } from './fonts';

/**
 * Letters that need no shaping. Splitting an accented letter would only spoil copying and search, and a
 * word of these letters always looks the same.
 */
const SIMPLE = /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{P}\p{Nd}\s]*$/u;

/** A Burmese letter with the letters stacked below it, and the signs after it. */
const BURMESE = /([\u1000-\u102a\u103f\u1050-\u1055](?:\u1039[\u1000-\u102a])*)([\u1031\u103a-\u103e]+)/g;
/** Signs that are written after a letter and drawn before it: E, then the RA that goes around it. */
const BEFORE = ['\u1031', '\u103c'];

/**
 * Returns text in the order of its glyphs. fontkit 2.0.4 does this for all scripts but Burmese ('mym2' in
 * the fonts).
 */
const inOrder = (text: string): string =>
  text.replace(BURMESE, (_, letter: string, signs: string) => {
    const before = BEFORE.filter((sign) => signs.includes(sign)).join('');
    return before + letter + signs.replace(/[\u1031\u103c]/g, '');
  });

/** Glyphs with their positions, in the units of the font. */
export type Shaped = Pick<GlyphRun, 'glyphs' | 'positions' | 'advanceWidth'>;

/** Turns text into glyphs. It caches words, because the same ones occur again and again in a table. */
export class Shaper {
  private readonly words = new Map<SliceFont, Map<string, GlyphRun>>();

  /** Returns glyphs from left to right. The caller may change the returned positions. */
  shape(font: SliceFont, text: string, direction: Direction): Shaped {
    if (!SIMPLE.test(text)) return font.font.layout(inOrder(text), [], undefined, undefined, direction);
    const runs = text.split(/(?<= )/).map((word) => this.word(font, word, direction));
    if (direction === 'rtl') runs.reverse();
    return {
      glyphs: runs.flatMap(({ glyphs }) => glyphs),
      positions: runs.flatMap(({ positions }) => positions.map((each): GlyphPosition => ({ ...each }))),
      advanceWidth: runs.reduce((sum, { advanceWidth }) => sum + advanceWidth, 0),
    };
  }

  /** The width at a size of one point. */
  width(font: SliceFont, text: string, direction: Direction): number {
    const { advanceWidth } = this.shape(font, text, direction);
    return advanceWidth / font.font.unitsPerEm;
  }

  private word(font: SliceFont, word: string, direction: Direction): GlyphRun {
    let words = this.words.get(font);
    if (words === undefined) {
      words = new Map();
      this.words.set(font, words);
    }
    const key = `${direction}/${word}`;
    let run = words.get(key);
    if (run === undefined) {
      run = font.font.layout(word, { ccmp: false }, undefined, undefined, direction);
      words.set(key, run);
    }
    return run;
  }
}
