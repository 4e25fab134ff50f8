import { existsSync } from 'node:fs';
import { facesFor, HAN_PLACE, mayCover, slicesOf } from './font-slices';
import { FontBook } from './fonts';
import { NAMES } from './samples.builder';
import { printable } from './typesetter';

const english = new Intl.Locale('en');

describe('the fonts', () => {
  it('are there, each file of them', () => {
    const slices = facesFor('', english).flatMap(slicesOf);
    expect(slices.length).toBeGreaterThan(400);
    expect(slices.filter(({ file }) => !existsSync(file))).toEqual([]);
  });

  it('are found by code point', () => {
    const [slice] = slicesOf('noto-sans-arabic');
    if (slice === undefined) throw new Error('no slice');
    expect(mayCover(slice, 0x0645)).toBe(true);
    expect(mayCover(slice, 0x0041)).toBe(false);
    expect(mayCover(slice, 0x10ffff)).toBe(false);
  });

  it.each([
    ['欧阳', 'en', 'noto-sans-sc'],
    ['陳怡君', 'zh-TW', 'noto-sans-tc'],
    ['陳怡君', 'zh-Hant', 'noto-sans-tc'],
    ['山田', 'ja-JP', 'noto-sans-jp'],
    ['山田さくら', 'en', 'noto-sans-jp'],
    ['金 민준', 'zh-CN', 'noto-sans-kr'],
    ['金', 'ko', 'noto-sans-kr'],
  ])('show %s in %s by %s', (text, locale, face) => {
    expect(facesFor(text, new Intl.Locale(locale))[HAN_PLACE]).toBe(face);
  });

  it('have a glyph for every letter of the names, in both weights', async () => {
    const book = new FontBook(english);
    const texts = Object.values(NAMES).map(printable);
    await book.load(
      texts.flatMap((text) => [
        { text, weight: 'regular' as const },
        { text, weight: 'bold' as const },
      ]),
    );
    for (const text of texts) {
      for (const weight of ['regular', 'bold'] as const) {
        const fonts = [...book.fontsFor(text, weight)];
        expect(fonts.map((font, i) => (font === null ? Array.from(text)[i] : ''))).toEqual(
          fonts.map(() => ''),
        );
      }
    }
  });
});
