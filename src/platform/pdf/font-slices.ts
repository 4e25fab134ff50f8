import { readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * A file with a part of a typeface. The packages divide each typeface into slices of characters that are
 * used together, so that a report loads the few slices that its names need and not 20 MB.
 */
export interface FontSlice {
  /** Such as `noto-sans-sc/101`. */
  readonly id: string;
  /** The variable font, WOFF2. */
  readonly file: string;
  /** The first and last code point of each range for which it may have glyphs, in order. */
  readonly ranges: readonly (readonly [number, number])[];
}

/** Which slices of each package cover its script. Chinese, Japanese and Korean slices are numbered. */
const NUMBERED = /^\[\d+\]$/;
const FACES = {
  'noto-sans': /^(latin|latin-ext|vietnamese|greek|greek-ext|cyrillic|cyrillic-ext|devanagari)$/,
  'noto-sans-arabic': /^arabic$/,
  'noto-sans-hebrew': /^hebrew$/,
  'noto-sans-sc': NUMBERED,
  'noto-sans-tc': NUMBERED,
  'noto-sans-jp': NUMBERED,
  'noto-sans-kr': NUMBERED,
  'noto-sans-thai': /^thai$/,
  'noto-sans-bengali': /^bengali$/,
  'noto-sans-tamil': /^tamil$/,
  'noto-sans-telugu': /^telugu$/,
  'noto-sans-georgian': /^georgian$/,
  'noto-sans-armenian': /^armenian$/,
  'noto-sans-ethiopic': /^ethiopic$/,
  'noto-sans-gurmukhi': /^gurmukhi$/,
  'noto-sans-gujarati': /^gujarati$/,
  'noto-sans-kannada': /^kannada$/,
  'noto-sans-malayalam': /^malayalam$/,
  'noto-sans-oriya': /^oriya$/,
  'noto-sans-sinhala': /^sinhala$/,
  'noto-sans-thaana': /^thaana$/,
  'noto-sans-lao': /^lao$/,
  'noto-sans-khmer': /^khmer$/,
  'noto-sans-myanmar': /^myanmar$/,
  'noto-serif-tibetan': /^tibetan$/,
  'noto-sans-cherokee': /^cherokee$/,
  'noto-sans-canadian-aboriginal': /^canadian-aboriginal$/,
  'noto-emoji': NUMBERED,
} as const;
export type Face = keyof typeof FACES;

type HanFace = `noto-sans-${'sc' | 'tc' | 'jp' | 'kr'}`;
const HAN_OF_LANGUAGE: Readonly<Record<string, HanFace>> = {
  ja: 'noto-sans-jp',
  ko: 'noto-sans-kr',
  zh: 'noto-sans-sc',
};

const packageFolder = (face: Face): string =>
  path.dirname(require.resolve(`@fontsource-variable/${face}/unicode.json`));

function parseRanges(text: string): [number, number][] {
  return text
    .split(',')
    .map((range) => {
      const [first, last = first] = range.trim().slice(2).split('-') as [string, string?];
      return [Number.parseInt(first, 16), Number.parseInt(last, 16)] as [number, number];
    })
    .sort((a, b) => a[0] - b[0]);
}

function readFace(face: Face): FontSlice[] {
  const folder = packageFolder(face);
  const slices = JSON.parse(readFileSync(path.join(folder, 'unicode.json'), 'utf8')) as Record<
    string,
    string
  >;
  return Object.entries(slices)
    .filter(([name]) => FACES[face].test(name))
    .map(([name, ranges]) => {
      const part = name.replace(/[[\]]/g, '');
      return {
        id: `${face}/${part}`,
        file: path.join(folder, 'files', `${face}-${part}-wght-normal.woff2`),
        ranges: parseRanges(ranges),
      };
    });
}

const known = new Map<Face, FontSlice[]>();

/** The slices of a typeface. Its table is read at the first call. */
export function slicesOf(face: Face): FontSlice[] {
  let slices = known.get(face);
  if (slices === undefined) {
    slices = readFace(face);
    known.set(face, slices);
  }
  return slices;
}

/** Whether the slice may have a glyph for the code point. */
export function mayCover({ ranges }: FontSlice, codePoint: number): boolean {
  let low = 0;
  let high = ranges.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const [first, last] = ranges[middle] as readonly [number, number];
    if (codePoint < first) high = middle - 1;
    else if (codePoint > last) low = middle + 1;
    else return true;
  }
  return false;
}

/** The position of the typeface that depends on the language. */
export const HAN_PLACE = 3;

const orderWith = (han: HanFace): readonly Face[] => {
  const faces = Object.keys(FACES) as Face[];
  return [...faces.slice(0, HAN_PLACE), han, ...faces.slice(HAN_PLACE).filter((face) => face !== han)];
};
const ORDERS: Readonly<Record<HanFace, readonly Face[]>> = {
  'noto-sans-sc': orderWith('noto-sans-sc'),
  'noto-sans-tc': orderWith('noto-sans-tc'),
  'noto-sans-jp': orderWith('noto-sans-jp'),
  'noto-sans-kr': orderWith('noto-sans-kr'),
};

/**
 * The order in which typefaces are searched for a glyph. Han characters look different by language: a text
 * with kana is Japanese and one with hangul Korean; otherwise the report's language decides, with
 * simplified Chinese as the default.
 */
export function facesFor(text: string, locale: Intl.Locale): readonly Face[] {
  const language = locale.maximize();
  let han: HanFace = HAN_OF_LANGUAGE[language.language] ?? 'noto-sans-sc';
  if (language.language === 'zh' && language.script === 'Hant') han = 'noto-sans-tc';
  if (/[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text)) han = 'noto-sans-jp';
  else if (/\p{Script=Hangul}/u.test(text)) han = 'noto-sans-kr';
  return ORDERS[han];
}
