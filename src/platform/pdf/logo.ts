import { inflateSync } from 'node:zlib';

const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Larger than any printed logo; a small file can claim to be an image of a gigabyte. */
const MAX_SIDE = 2_000;
/** Samples of a pixel by colour type: grey, RGB, palette, grey and alpha, RGB and alpha. */
const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

const isSize = (side: number): boolean => side >= 1 && side <= MAX_SIDE;

/** The compressed pixels of a PNG, or null if its chunks are out of order. */
function pixelData(png: Buffer): Buffer | null {
  const parts: Buffer[] = [];
  let hasPalette = false;
  for (let at = 8; at + 12 <= png.length; ) {
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    if (at + 12 + length > png.length) return null;
    if (type === 'IDAT') parts.push(png.subarray(at + 8, at + 8 + length));
    if (type === 'PLTE') hasPalette = length > 0 && length % 3 === 0;
    if (type === 'IEND') return png[25] === 3 && !hasPalette ? null : Buffer.concat(parts);
    at += 12 + length;
  }
  return null;
}

function isPng(png: Buffer): boolean {
  if (png.length < 57 || !png.subarray(0, 8).equals(PNG_SIGNATURE)) return false;
  if (png.toString('latin1', 12, 16) !== 'IHDR' || png.readUInt32BE(8) !== 13) return false;
  const width = png.readUInt32BE(16);
  const height = png.readUInt32BE(20);
  const samples = SAMPLES[png[25] as number];
  const isInterlaced = png[28] !== 0;
  if (!isSize(width) || !isSize(height) || samples === undefined || isInterlaced) return false;
  const expected = (Math.ceil((width * samples * (png[24] as number)) / 8) + 1) * height;
  const data = pixelData(png);
  try {
    return data !== null && inflateSync(data, { maxOutputLength: expected }).length === expected;
  } catch {
    return false;
  }
}

function isJpeg(jpeg: Buffer): boolean {
  if (jpeg.length < 4 || jpeg.readUInt16BE(0) !== 0xffd8) return false;
  for (let at = 2; at + 9 < jpeg.length && jpeg[at] === 0xff; at += 2 + jpeg.readUInt16BE(at + 2)) {
    const marker = jpeg[at + 1] as number;
    // The start of a frame (baseline, extended or progressive) holds the size of the image.
    if (marker < 0xc0 || marker > 0xc2) continue;
    return (
      isSize(jpeg.readUInt16BE(at + 5)) &&
      isSize(jpeg.readUInt16BE(at + 7)) &&
      [1, 3, 4].includes(jpeg[at + 9] as number)
    );
  }
  return false;
}

/**
 * The image of a data URL, checked to its last pixel because the drawing code trusts it. Returns null for
 * anything that is not a whole PNG or JPEG of a reasonable size. Pure.
 */
export function logoOf(dataUrl: unknown): Buffer | null {
  const base64 =
    typeof dataUrl === 'string'
      ? /^data:image\/(?:png|jpeg);base64,([A-Za-z0-9+/]+=*)$/.exec(dataUrl)?.[1]
      : undefined;
  if (base64 === undefined) return null;
  const image = Buffer.from(base64, 'base64');
  return isPng(image) || isJpeg(image) ? image : null;
}
