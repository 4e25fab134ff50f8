import { type Conditions, conditionsMatcher } from './conditions';

interface Place {
  path: string | null;
  paths: readonly string[];
  state: string;
  isOpen: boolean;
}

const PLACE: Place = { path: 'a.b', paths: ['a.b', 'c'], state: 'draft', isOpen: true };
const meets = (conditions: Conditions<Place>, place: Partial<Place> = {}): boolean =>
  conditionsMatcher(conditions)({ ...PLACE, ...place });

describe('conditions', () => {
  it('are met by every object if they have no test', () => {
    expect(meets({})).toBe(true);
  });

  it('find a path at or below others, by whole labels', () => {
    expect(meets({ path: { $within: ['a'] } })).toBe(true);
    expect(meets({ path: { $within: ['a.b'] } })).toBe(true);
    expect(meets({ path: { $within: ['a.b.c', 'x'] } })).toBe(false);
    expect(meets({ path: { $within: ['a'] } }, { path: 'ab.b' })).toBe(false);
    expect(meets({ path: { $within: [] } })).toBe(false);
    expect(meets({ path: { $within: ['a'] } }, { path: null })).toBe(false);
  });

  it('find a path at or above others', () => {
    expect(meets({ path: { $above: ['a.b.c'] } })).toBe(true);
    expect(meets({ path: { $above: ['a.b'] } })).toBe(true);
    expect(meets({ path: { $above: ['a'] } })).toBe(false);
    expect(meets({ path: { $above: ['a.bc'] } })).toBe(false);
    expect(meets({ path: { $above: ['a.b'] } }, { path: null })).toBe(false);
  });

  it('ask of several paths whether one is within, or each', () => {
    expect(meets({ paths: { $within: ['c'] } })).toBe(true);
    expect(meets({ paths: { $allWithin: ['c'] } })).toBe(false);
    expect(meets({ paths: { $allWithin: ['c', 'a'] } })).toBe(true);
    expect(meets({ paths: { $allWithin: ['c', 'a'] } }, { paths: [] })).toBe(false);
  });

  it('combine', () => {
    expect(meets({ isOpen: true, $or: [{ state: 'published' }, { path: { $within: ['a'] } }] })).toBe(true);
    expect(meets({ isOpen: true, $or: [{ state: 'published' }, { path: { $within: ['x'] } }] })).toBe(false);
    expect(meets({ $and: [{ isOpen: true }, { $or: [{ state: { $ne: 'draft' } }, { path: 'a.b' }] }] })).toBe(
      true,
    );
    expect(meets({ $and: [{ isOpen: false }, { state: 'draft' }] })).toBe(false);
  });

  it('refuse anything but a list of paths', () => {
    expect(() => meets({ path: { $within: 'a' as never } })).toThrow(TypeError);
  });
});
