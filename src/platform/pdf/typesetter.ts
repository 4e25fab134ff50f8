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

/** Text that one font sets at a stretch. */
interface Piece {
  text: string;
  font: SliceFont;
  direction: Direction;
  /** At a size of one point. */
  width: number;
}

const ELLIPSIS = '…';
/** What no font has is shown as this, so that a reader sees that something stands there. */
const REPLACEMENT = '\uFFFD';
/** From one baseline to the next, by the size of the text: roomy enough for the tall scripts. */
const LEADING = 1.38;
/** From the top of a line to its baseline. */
const ASCENT = 1.04;

/** Controls say nothing in print; those that override directions could turn a line round. */
const UNPRINTABLE = /[\p{Cc}\u202a-\u202e\u2060-\u2069\ufeff]|\ufe0e|\ufe0f/gu;

/** Scripts whose glyphs are not their letters one by one: such a line says itself what it reads as, for copying and search. */
const COMPLEX_SCRIPTS = [
  ...['Arabic', 'Hebrew', 'Thaana', 'Thai', 'Lao', 'Khmer', 'Myanmar', 'Tibetan', 'Sinhala'],
  ...['Devanagari', 'Bengali', 'Gurmukhi', 'Gujarati', 'Oriya', 'Tamil', 'Telugu', 'Kannada', 'Malayalam'],
];
const COMPLEX = new RegExp(`[${COMPLEX_SCRIPTS.map((script) => `\\p{Script=${script}}`).join('')}]`, 'u');

/** Marks that decide an order and have no glyph. */
const DIRECTION_MARK = /[\u200e\u200f]/;
/** What belongs to the letter before it: marks on it, and what joins it to the next or keeps it apart. */
const ATTACHED = /[\p{M}\u200c\u200d]/u;

/** The text as it is set: composed, on one line, without what cannot be printed. */
export const printable = (text: string): string =>
  text.normalize('NFC').replace(/\s+/g, ' ').replace(UNPRINTABLE, '').trim();

export const lineHeight = (size: number): number => size * LEADING;

/** Measures, breaks and draws text of any script. All lengths are in points. */
export class Typesetter {
  private readonly facades = new Map<SliceFont, { direction: Direction }>();
  /** What was laid out once: most of the time of a document goes into that. */
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

  /** The text cut to the width, with an ellipsis where something is missing. */
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

  /** The text broken into lines no wider than this; at least one. */
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
      // Word by word, as words come again and again and lines do not.
      used += this.width(word, style);
      line += word;
    }
    if (line.trim() !== '' || lines.length === 0) lines.push(line.trimEnd());
    return lines;
  }

  /** Draws one line. `x` is its left edge, its right edge or its middle, as `align` says; `y` its top. */
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
      // `features`, though empty, keeps the text whole: word by word a line read from the right would be torn apart.
      this.doc.text(piece.text, at, y + size * ASCENT, {
        lineBreak: false,
        baseline: 'alphabetic',
        features: [],
      });
      at += piece.width * size;
    }
    if (!isPlain) this.doc.endMarkedContent();
  }

  /** Words with what follows them, and parts of words that are wider than a line. */
  private *breakable(text: string, width: number, style: Omit<TextStyle, 'color'>): Generator<string> {
    const words: string[] = [];
    for (const { segment, isWordLike } of this.words.segment(text)) {
      // No line begins with a space or a comma; an opening bracket stays with what it opens.
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

  /** What each font sets, from left to right. */
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
    // Languages part their digits by spaces of several kinds; one of them is enough.
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
      // A mark is set with the letter that it stands on, where that font can.
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

  /** Makes the document write in the font and direction of the piece. */
  private select({ font, direction }: Piece): void {
    let facade = this.facades.get(font);
    if (facade === undefined) {
      // The document knows of no direction: it is told by a font that looks the same but lays out as it is told.
      const told = Object.assign(Object.create(font.font), { direction });
      told.layout = (text: string) => this.shaper.shape(font, text, told.direction);
      facade = told as { direction: Direction };
      this.facades.set(font, facade);
      this.doc.registerFont(font.key, facade as never);
    }
    facade.direction = direction;
    this.doc.font(font.key);
  }
}
