import PDFDocument from 'pdfkit';
import { FontBook } from './fonts';
import { printable, Typesetter } from './typesetter';

const TEXTS = [
  'Ada Lovelace, (mathematician) of Maximiliana-Alexandrina',
  'محمد بن عبد الله',
  '山田さくらは毎日学校へ行きます。',
  'Zoë e\u0301',
  '🧪 Lab 👩🏽‍🔬',
  '…\uFFFDabcdefghijklmnopqrstuvwxyz',
];
const style = { size: 10 };
let type: Typesetter;
beforeAll(async () => {
  const locale = new Intl.Locale('en');
  const book = new FontBook(locale);
  await book.load(TEXTS.map((text) => ({ text: printable(text), weight: 'regular' as const })));
  type = new Typesetter(new PDFDocument({ margin: 0 }), book, locale);
});

describe('text', () => {
  it('is composed, on one line, and without what cannot be printed', () => {
    expect(printable(' a\u0000\n b\u202ee\u0301 ')).toBe('a b\u00e9');
    expect(printable('\u200b')).toBe('\u200b');
  });

  it('is as wide as its glyphs, joined letters included', () => {
    const whole = type.width('محمد', style);
    const apart = Array.from('محمد').reduce((sum, letter) => sum + type.width(letter, style), 0);
    expect(Math.abs(whole - apart)).toBeGreaterThan(1);
    expect(type.width('Ada', { size: 20 })).toBeCloseTo(2 * type.width('Ada', style));
  });

  it('shows a mark for what no font has', () => {
    expect(type.width('ᚠ', style)).toBeCloseTo(type.width('\uFFFD', style));
  });
});

describe('lines', () => {
  it('are no wider than asked for, and lose nothing', () => {
    for (const text of TEXTS.map(printable)) {
      for (const width of [30, 60, 120, 500]) {
        const lines = type.wrap(text, width, style);
        for (const line of lines) expect(type.width(line, style)).toBeLessThanOrEqual(width);
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
      }
    }
  });

  it('break between words and keep a comma with its word', () => {
    const lines = type.wrap('Ada Lovelace, (mathematician) of', 85, style);
    expect(lines).toEqual(['Ada Lovelace,', '(mathematician)', 'of']);
  });

  it('break between characters if a language has no spaces', () => {
    expect(type.wrap('山田さくらは毎日学校へ行きます。', 60, style).length).toBeGreaterThan(2);
    expect(type.wrap('山田さくらは毎日学校へ行きます。', 60, style)).not.toContain('。');
  });

  it('are one empty line for an empty text', () => {
    expect(type.wrap('', 60, style)).toEqual(['']);
  });
});

describe('text cut to a width', () => {
  it('ends in an ellipsis if something is missing', () => {
    expect(type.fit('Ada', 100, style)).toBe('Ada');
    const cut = type.fit('Maximiliana-Alexandrina', 60, style);
    expect(cut).toMatch(/^Maxi.*…$/);
    expect(type.width(cut, style)).toBeLessThanOrEqual(60);
  });

  it('never splits a character', () => {
    expect(type.fit('👩🏽‍🔬', 1, style)).toBe('…');
  });
});
