import type PDFDocument from 'pdfkit';
import { type Direction, directionOf, visualRuns } from './bidi';
import type { FontBook, SliceFont, Weight } from './fonts';
import { Shaper } from './shaper';

export type Doc = InstanceType<typeof PDFDocument>;

export interface TextStyle {
  size: number;
  weight?: Weight;
  color: string;
}

/** Text that one font sets in one piece. */
interface Piece {
  text: string;
  font: SliceFont;
  direction: Direction;
  /** The width at a size of one point. */
  width: number;
}

const ELLIPSIS = '…';
/** Shown for a character that no font has, so that the reader sees that something is missing. */
const REPLACEMENT = '\uFFFD';
/** From one baseline to the next, relative to the size of the text: enough for tall scripts. */
const LEADING = 1.38;
/** From the top of a line to its baseline. */
const ASCENT = 1.04;

/** Controls are invisible in print, and direction overrides could reverse a line. */
const UNPRINTABLE = /[\p{Cc}\u202a-\u202e\u2060-\u2069\ufeff]|\ufe0e|\ufe0f/gu;

/**
 * Scripts whose glyphs do not correspond to single letters. Such a line carries its text for copying and
 * search.
 */
const COMPLEX_SCRIPTS = [
  ...['Arabic', 'Hebrew', 'Thaana', 'Thai', 'Lao', 'Khmer', 'Myanmar', 'Tibetan', 'Sinhala'],
  ...['Devanagari', 'Bengali', 'Gurmukhi', 'Gujarati', 'Oriya', 'Tamil', 'Telugu', 'Kannada', 'Malayalam'],
];
const COMPLEX = new RegExp(`[${COMPLEX_SCRIPTS.map((script) => `\\p{Script=${script}}`).join('')}]`, 'u');

/** Marks that decide the direction and have no glyph. */
const DIRECTION_MARK = /[\u200e\u200f]/;
/** Characters that belong to the letter before them: marks on it, and joiners or non-joiners. */
const ATTACHED = /[\p{M}\u200c\u200d]/u;

/** The text as it is set: composed, on one line, without unprintable characters. */
export const printable = (text: string): string =>
  text.normalize('NFC').replace(/\s+/g, ' ').replace(UNPRINTABLE, '').trim();

export const lineHeight = (size: number): number => size * LEADING;

/** Measures, breaks and draws text of any script. All lengths are in points. */
export class Typesetter {
  private readonly facades = new Map<SliceFont, { direction: Direction }>();
  /** Texts that were laid out before, because layout takes most of the time of a document. */
  private readonly known = new Map<string, readonly Piece[]>();
  private readonly shaper = new Shaper();
  private readonly words: Intl.Segmenter;
  private readonly letters: Intl.Segmenter;

  constructor(
    private readonly doc: Doc,
    private readonly book: FontBook,
    locale: Intl.Locale,
  ) {
    this.words = new Intl.Segmenter(locale.toString(), { granularity: 'word' });
    this.letters = new Intl.Segmenter(locale.toString(), { granularity: 'grapheme' });
  }

  width(text: string, { size, weight = 'regular' }: Omit<TextStyle, 'color'>): number {
    return this.pieces(text, weight, directionOf(text)).reduce((sum, piece) => sum + piece.width, 0) * size;
  }

  /** Cuts the text to the width, with an ellipsis if something is missing. */
  fit(text: string, width: number, style: Omit<TextStyle, 'color'>): string {
    if (this.width(text, style) <= width) return text;
    const letters = [...this.letters.segment(text)].map(({ segment }) => segment);
    let low = 0;
    let high = letters.length;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.width(letters.slice(0, middle).join('') + ELLIPSIS, style) <= width) low = middle;
      else high = middle - 1;
    }
    return letters.slice(0, low).join('').trimEnd() + ELLIPSIS;
  }

  /** Breaks the text into lines no wider than this; returns at least one. */
  wrap(text: string, width: number, style: Omit<TextStyle, 'color'>): string[] {
    const lines: string[] = [];
    let line = '';
    let used = 0;
    for (const word of this.breakable(text, width, style)) {
      if (line !== '' && used + this.width(word.trimEnd(), style) > width) {
        lines.push(line.trimEnd());
        line = '';
        used = 0;
      }
      // Measured word by word, because words repeat and lines do not.
      used += this.width(word, style);
      line += word;
    }
    if (line.trim() !== '' || lines.length === 0) lines.push(line.trimEnd());
    return lines;
  }

  /** Draws one line. `x` is its left edge, right edge or middle, depending on `align`; `y` is its top. */
  line(
    text: string,
    x: number,
    y: number,
    style: TextStyle & { align?: 'left' | 'right' | 'center' | undefined; direction?: Direction },
  ): void {
    const { size, weight = 'regular', color, align = 'left', direction = directionOf(text) } = style;
    const pieces = this.pieces(text, weight, direction);
    const width = pieces.reduce((sum, piece) => sum + piece.width, 0) * size;
    let at = align === 'left' ? x : align === 'right' ? x - width : x - width / 2;
    this.doc.fillColor(color).fontSize(size);
    const isPlain = !COMPLEX.test(text);
    if (!isPlain) this.doc.markContent('Span', { actual: text });
    for (const piece of pieces) {
      this.select(piece);
      // The empty `features` keep the text whole: set word by word, a line that is read from right to left
      // would be torn apart.
      this.doc.text(piece.text, at, y + size * ASCENT, {
        lineBreak: false,
        baseline: 'alphabetic',
        features: [],
      });
      at += piece.width * size;
    }
    if (!isPlain) this.doc.endMarkedContent();
  }

  /** Yields words with what follows them, and parts of words that are wider than a line. */
  private *breakable(text: string, width: number, style: Omit<TextStyle, 'color'>): Generator<string> {
    const words: string[] = [];
    for (const { segment, isWordLike } of this.words.segment(text)) {
      // No line begins with a space or a comma; an opening bracket stays with the word after it.
      const opens = /[\p{Ps}\p{Pi}]$/u.test(words.at(-1) ?? '');
      if (words.length > 0 && (isWordLike !== true || opens) && !/^[\p{Ps}\p{Pi}]$/u.test(segment))
        words[words.length - 1] += segment;
      else words.push(segment);
    }
    for (const word of words) {
      if (this.width(word.trimEnd(), style) <= width) yield word;
      else for (const { segment } of this.letters.segment(word)) yield segment;
    }
  }

  /** The pieces of one font each, from left to right. */
  private pieces(text: string, weight: Weight, base: Direction): readonly Piece[] {
    const key = `${weight}/${base}/${text}`;
    let pieces = this.known.get(key);
    if (pieces === undefined) {
      pieces = this.layOut(text, weight, base);
      this.known.set(key, pieces);
    }
    return pieces;
  }

  private layOut(text: string, weight: Weight, base: Direction): Piece[] {
    const pieces: Piece[] = [];
    // Languages separate digits by several kinds of spaces; one of them is enough.
    for (const run of visualRuns(text.replace(/\s/g, ' '), base)) {
      const parts = this.byFont(run.text, weight);
      if (run.direction === 'rtl') parts.reverse();
      for (const { text: part, font } of parts) {
        const width = this.shaper.width(font, part, run.direction);
        pieces.push({ text: part, font, direction: run.direction, width });
      }
    }
    return pieces;
  }

  private byFont(text: string, weight: Weight): { text: string; font: SliceFont }[] {
    const parts: { text: string; font: SliceFont }[] = [];
    const fonts = this.book.fontsFor(text, weight);
    for (const character of text) {
      const own = fonts.next().value as SliceFont | null;
      if (DIRECTION_MARK.test(character)) continue;
      const last = parts.at(-1);
      // A mark is set with the letter it stands on, if that letter's font has it.
      const joins =
        last?.font.font.hasGlyphForCodePoint(character.codePointAt(0) as number) === true &&
        ATTACHED.test(character);
      const font = joins ? last.font : (own ?? this.fallback(weight));
      const shown = own === null && !joins ? REPLACEMENT : character;
      if (last?.font === font) last.text += shown;
      else parts.push({ text: shown, font });
    }
    return parts;
  }

  private fallback(weight: Weight): SliceFont {
    return this.book.fontsFor(REPLACEMENT, weight).next().value as SliceFont;
  }

  /** Selects the font and direction of the piece in the document. */
  private select({ font, direction }: Piece): void {
    let facade = this.facades.get(font);
    if (facade === undefined) {
      // The document has no setting for direction, so it gets a copy of the font that lays text out in the
      // given direction.
      const directed = Object.assign(Object.create(font.font), { direction });
      directed.layout = (text: string) => this.shaper.shape(font, text, directed.direction);
      facade = directed as { direction: Direction };
      this.facades.set(font, facade);
      this.doc.registerFont(font.key, facade as never);
    }
    facade.direction = direction;
    this.doc.font(font.key);
  }
}
