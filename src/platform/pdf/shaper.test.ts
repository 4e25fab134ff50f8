import { FontBook, type SliceFont } from './fonts';
import { NAMES } from './samples.builder';
import { Shaper } from './shaper';

async function glyphsOf(text: string): Promise<string[]> {
  const book = new FontBook(new Intl.Locale('en'));
  await book.load([{ text, weight: 'regular' }]);
  const [font] = book.fontsFor(text, 'regular');
  const { glyphs } = new Shaper().shape(font as SliceFont, text, 'ltr');
  return glyphs.map(({ codePoints }) => String.fromCodePoint(...codePoints));
}

describe('the shaper', () => {
  it('puts Burmese signs that stand before a letter before it', async () => {
    expect((await glyphsOf('အောင်')).slice(0, 2)).toEqual(['ေ', 'အ']);
    expect((await glyphsOf('ကြည်')).slice(0, 2)).toEqual(['ြ', 'က']);
    expect((await glyphsOf('ကြေး')).slice(0, 3)).toEqual(['ေ', 'ြ', 'က']);
  });

  it.each([NAMES.gurmukhi, NAMES.malayalam])(
    'sets %s, whose font has no place for some marks',
    async (name) => {
      expect((await glyphsOf(name.split(' ')[0] as string)).length).toBeGreaterThan(0);
    },
  );
});
