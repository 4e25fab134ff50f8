import { deflateSync } from 'node:zlib';
import { logoOf } from './logo';
import { LOGO } from './samples.builder';

const url = (image: Buffer, type = 'png'): string => `data:image/${type};base64,${image.toString('base64')}`;
const bytes = Buffer.from(LOGO.split(',')[1] as string, 'base64');

function chunk(type: string, data: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(data.length);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, data, Buffer.alloc(4)]);
}

function png(width: number, height: number, pixels: Buffer, { interlace = 0, color = 0 } = {}): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header.set([8, color, 0, 0, interlace], 8);
  const parts = [chunk('IHDR', header), chunk('IDAT', deflateSync(pixels)), chunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([bytes.subarray(0, 8), ...parts]);
}

/** The part of a JPEG that holds its size. */
const jpeg = (width: number, height: number): Buffer =>
  Buffer.from([
    0xff,
    0xd8,
    0xff,
    0xc0,
    0,
    17,
    8,
    height >> 8,
    height & 255,
    width >> 8,
    width & 255,
    3,
    1,
    0x11,
    0,
    2,
    0x11,
    1,
    3,
    0x11,
    1,
    0xff,
    0xd9,
  ]);

describe('a logo', () => {
  it('is a whole PNG or JPEG', () => {
    expect(logoOf(LOGO)).toEqual(bytes);
    expect(logoOf(url(png(4, 2, Buffer.alloc(10))))).not.toBeNull();
    expect(logoOf(url(jpeg(40, 20), 'jpeg'))).not.toBeNull();
  });

  it.each<[string, unknown]>([
    ['no text', 42],
    ['nothing', null],
    ['an address', 'https://example.org/logo.png'],
    ['an SVG, which can run code', 'data:image/svg+xml;base64,PHN2Zy8+'],
    ['text that says it is a PNG', url(Buffer.from('hello'))],
    ['a PNG that ends in the middle', url(bytes.subarray(0, -20))],
    ['a PNG with too few pixels', url(png(4, 2, Buffer.alloc(9)))],
    ['a small file that unpacks to a huge one', url(png(4, 2, Buffer.alloc(10_000_000)))],
    ['a PNG of a million pixels a side', url(png(1_000_000, 1_000_000, Buffer.alloc(10)))],
    ['an interlaced PNG', url(png(4, 2, Buffer.alloc(10), { interlace: 1 }))],
    ['a PNG of palette colours without a palette', url(png(4, 2, Buffer.alloc(10), { color: 3 }))],
    ['a PNG without pixels', url(png(0, 0, Buffer.alloc(0)))],
    ['a JPEG without a size', url(jpeg(0, 0), 'jpeg')],
    ['a JPEG that ends before its size', url(jpeg(40, 20).subarray(0, 8), 'jpeg')],
  ])('is not %s', (_what, value) => {
    expect(logoOf(value)).toBeNull();
  });
});
