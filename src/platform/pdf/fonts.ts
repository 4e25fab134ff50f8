import { readFile } from 'node:fs/promises';
import * as fontkit from 'fontkit';
import { LRUCache } from 'lru-cache';
import subsetFont from 'subset-font';
import { type Face, type FontSlice, facesFor, HAN_PLACE, mayCover, slicesOf } from './font-slices';

export type Weight = 'regular' | 'bold';
/** Semi-bold: at the sizes of a table it is as clear as bold, and narrower. */
const AXIS: Readonly<Record<Weight, number>> = { regular: 400, bold: 600 };

/** A slice at one weight, ready to measure and to embed. */
export interface SliceFont {
  readonly key: string;
  readonly font: fontkit.Font;
}

/**
 * How many slices a process keeps: 0.1 MB of font and as much parsed data each, so about 20 MB at most. A
 * class needs about 5 of them, a school with Chinese names 60.
 */
const MAX_KEPT = 96;
const kept = new LRUCache<string, Promise<SliceFont>>({ max: MAX_KEPT });

interface Positioner {
  applyLookup(type: number, table: unknown): boolean;
}

/**
 * If a font has no anchor for a mark on a letter, OpenType says that the next rule decides. fontkit 2.0.4
 * fails instead (Gurmukhi and Malayalam names), before it has changed anything.
 */
function forgiveMissingAnchors(font: fontkit.Font): void {
  const { engine } = (font as unknown as { _layoutEngine: { engine?: { GPOSProcessor?: Positioner } } })
    ._layoutEngine;
  const positioner = engine?.GPOSProcessor;
  if (positioner === undefined || positioner === null) return;
  const apply = positioner.applyLookup.bind(positioner);
  positioner.applyLookup = (type, table) => {
    try {
      return apply(type, table);
    } catch (error) {
      if (error instanceof TypeError && error.message.includes('xCoordinate')) return false;
      throw error;
    }
  };
}

async function makeFont(key: string, slice: FontSlice, weight: Weight): Promise<SliceFont> {
  const bytes = await subsetFont(await readFile(slice.file), undefined, {
    targetFormat: 'truetype',
    variationAxes: { wght: AXIS[weight] },
    keepAllGlyphs: true,
    // Hinting is for old screens; no printer or PDF viewer uses it.
    noHinting: true,
  });
  const font = fontkit.create(bytes) as fontkit.Font;
  forgiveMissingAnchors(font);
  return { key, font };
}

function fontOf(slice: FontSlice, weight: Weight): Promise<SliceFont> {
  const key = `${slice.id}/${weight}`;
  const ready = kept.get(key) ?? makeFont(key, slice, weight);
  kept.set(key, ready);
  return ready;
}

/** A text to be set. */
export interface TextSample {
  text: string;
  weight: Weight;
}

/**
 * The fonts of one document, and which of them has a glyph for a character. They are loaded first, so that
 * setting text need not wait.
 */
export class FontBook {
  private readonly fonts = new Map<string, SliceFont | null>();
  private readonly held = new Map<string, SliceFont>();

  constructor(private readonly locale: Intl.Locale) {}

  /** Loads the fonts that the texts need. */
  async load(samples: Iterable<TextSample>): Promise<void> {
    for (const { text, weight } of samples) {
      const faces = facesFor(text, this.locale);
      for (const character of text) {
        const place = `${character}/${weight}/${faces[HAN_PLACE]}`;
        if (this.fonts.has(place)) continue;
        const found = await this.find(character.codePointAt(0) as number, weight, faces);
        this.fonts.set(place, found);
        const anywhere = `${character}/${weight}`;
        if (!this.fonts.has(anywhere)) this.fonts.set(anywhere, found);
      }
    }
  }

  /** Yields the font for each character of the text; null for a character that no font has. */
  *fontsFor(text: string, weight: Weight): Generator<SliceFont | null> {
    const faces = facesFor(text, this.locale);
    for (const character of text) {
      const place = `${character}/${weight}`;
      // One line of a text may lack the letters that decided its language.
      yield this.fonts.get(`${place}/${faces[HAN_PLACE]}`) ?? this.fonts.get(place) ?? null;
    }
  }

  private async find(codePoint: number, weight: Weight, faces: readonly Face[]): Promise<SliceFont | null> {
    for (const face of faces) {
      for (const slice of slicesOf(face)) {
        if (!mayCover(slice, codePoint)) continue;
        const found = await this.hold(slice, weight);
        // The ranges are planned for all fonts of a family, so a font can lack a promised glyph.
        if (found.font.hasGlyphForCodePoint(codePoint)) return found;
      }
    }
    return null;
  }

  private async hold(slice: FontSlice, weight: Weight): Promise<SliceFont> {
    const key = `${slice.id}/${weight}`;
    const held = this.held.get(key) ?? (await fontOf(slice, weight));
    this.held.set(key, held);
    return held;
  }
}
