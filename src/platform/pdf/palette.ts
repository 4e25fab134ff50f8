/** Red, green and blue, each from 0 to 255. */
type Rgb = readonly [number, number, number];

const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];
/** A neutral blue for schools without a theme. */
const DEFAULT_PRIMARY: Rgb = [0x1d, 0x4f, 0x91];
/** WCAG 2: the contrast of text, and of shapes with a meaning. */
const TEXT_CONTRAST = 4.5;
const SHAPE_CONTRAST = 3;
/** The contrast between the two series of a chart: they also differ in grey print. */
const SERIES_CONTRAST = 1.9;

function parse(hex: string | undefined): Rgb | null {
  const digits = /^#([0-9a-f]{3,8})$/i.exec(hex ?? '')?.[1];
  if (digits === undefined) return null;
  const long = digits.length < 6 ? digits.replace(/./g, '$&$&') : digits;
  return [0, 2, 4].map((at) => Number.parseInt(long.slice(at, at + 2), 16)) as unknown as Rgb;
}

const toHex = (color: Rgb): string =>
  `#${color.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;

/** Mixes this share of `a` with the rest of `b`. */
const mix = (a: Rgb, b: Rgb, share: number): Rgb =>
  a.map((part, i) => part * share + (b[i] as number) * (1 - share)) as unknown as Rgb;

function luminance(color: Rgb): number {
  const [r, g, b] = color.map((part) => {
    const c = part / 255;
    return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as unknown as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrastOf(a: Rgb, b: Rgb): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** The contrast of two colours, from 1 to 21 as in WCAG 2. */
export const contrast = (a: string, b: string): number => contrastOf(parse(a) ?? BLACK, parse(b) ?? BLACK);

/** Darkens the colour until it is visible on white paper. */
function darkened(color: Rgb, ratio: number): Rgb {
  let share = 1;
  while (share > 0 && contrastOf(mix(color, BLACK, share), WHITE) < ratio) share -= 0.04;
  return mix(color, BLACK, Math.max(0, share));
}

/**
 * The colours of a document, all as `#rrggbb`. Paper is white, whatever background the school's screens
 * have.
 */
export interface Palette {
  /** Titles and other text in the school's colour. */
  heading: string;
  /** The band at the top. */
  band: string;
  text: string;
  muted: string;
  rule: string;
  /** The background of a table's head. */
  tint: string;
  /** The background of every other row. */
  stripe: string;
  /** The first and the second series of charts. */
  series: readonly [string, string];
}

/** The palette of a theme's colours. Colours that are too light for paper are darkened. Pure. */
export function paletteOf(colors: {
  primary?: string | undefined;
  accents: readonly (string | undefined)[];
}): Palette {
  const primary = parse(colors.primary) ?? DEFAULT_PRIMARY;
  const first = darkened(primary, SHAPE_CONTRAST);
  const accent = colors.accents
    .map(parse)
    .find(
      (color) =>
        color !== null && contrastOf(color, first) >= SERIES_CONTRAST && contrastOf(color, WHITE) >= 1.4,
    );
  return {
    heading: toHex(darkened(primary, TEXT_CONTRAST)),
    band: toHex(first),
    text: '#1f2933',
    muted: '#5b6770',
    rule: '#d5dbe1',
    tint: toHex(mix(first, WHITE, 0.1)),
    stripe: '#f7f9fa',
    series: [toHex(first), toHex(accent ?? mix(first, WHITE, 0.42))],
  };
}
