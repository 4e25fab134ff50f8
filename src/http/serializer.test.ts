import { z } from 'zod';
import { declaredRoutes } from '../testing/declared-routes';
import { ResponseSerializer } from './serializer';

/** The serializer of a route that answers with this. */
function writerOf(data: z.ZodType): (value: unknown) => unknown {
  const [route] = declaredRoutes();
  const serializer = new ResponseSerializer(true);
  const declared = { ...route, success: { status: 200, description: 'It.', data } } as never;
  return (value) => JSON.parse(serializer.write(declared, value, undefined)).data;
}

describe('the serializer of answers', () => {
  const Thing = z.object({
    id: z.uuid(),
    at: z.iso.datetime().nullable(),
    kind: z.enum(['a', 'b']).nullable(),
    count: z.int().nullable(),
    parts: z.array(z.string().nullable()).nullable(),
    place: z.object({ name: z.string() }).nullable(),
    either: z.union([z.string(), z.object({ text: z.string().nullable() })]).nullable(),
    free: z.record(z.string(), z.unknown()).nullable(),
  });
  const whole = {
    id: '00000000-0000-7000-8000-000000000001',
    at: '2026-11-29T08:00:00.000Z',
    kind: 'a',
    count: 3,
    parts: ['one', null],
    place: { name: 'Here' },
    either: { text: null },
    free: { any: [1] },
  };
  const { id } = whole;
  const empty = { id, at: null, kind: null, count: null, parts: null, place: null, either: null, free: null };

  it('writes each value and each null as it is', () => {
    const write = writerOf(Thing);
    expect(write(whole)).toEqual(whole);
    expect(write(empty)).toEqual(empty);
    expect(write({ ...whole, either: 'text' })).toEqual({ ...whole, either: 'text' });
  });

  it('leaves out what is not declared, at every depth', () => {
    const found = writerOf(Thing)({ ...whole, secret: 1, place: { name: 'Here', secret: 1 } });
    expect(found).toEqual(whole);
  });

  it('refuses what does not match its schema, if it checks', () => {
    expect(() => writerOf(Thing)({ ...whole, count: 'three' })).toThrow();
  });
});
