import fc from 'fast-check';
import { isJsonObject, type JsonObject } from '../../../shared/json';
import { depthOfJson, inherit, mergePatch, pathBelow } from './groups.merge';

const source = (name: string) => ({ groupId: name, groupName: name });
const layer = (name: string, value: JsonObject) => ({ source: source(name), value });

const json = fc.letrec<{ value: unknown; object: JsonObject }>((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, fc.constantFrom(1, 'x', true, [1, 2], [{ a: 1 }]), tie('object')),
  object: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd.e'), tie('value'), {
    maxKeys: 4,
  }) as fc.Arbitrary<JsonObject>,
})).object;

/** Paths of everything except objects with keys. */
function leavesOf(value: JsonObject, path = ''): string[] {
  return Object.entries(value).flatMap(([key, item]) => {
    const here = pathBelow(path, key);
    return isJsonObject(item) && Object.keys(item).length > 0 ? leavesOf(item, here) : [here];
  });
}

describe('a JSON merge patch', () => {
  // The examples of RFC 7396, appendix A, that begin and end with objects.
  it.each<[JsonObject, JsonObject, JsonObject]>([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('turns %j by %j into %j', (target, patch, outcome) => {
    const before = structuredClone(target);
    expect(mergePatch(target, patch)).toEqual(outcome);
    expect(target).toEqual(before);
  });

  it('changes nothing when it is applied again', () => {
    fc.assert(
      fc.property(json, json, (target, patch) => {
        const once = mergePatch(target, patch);
        expect(mergePatch(once, patch)).toEqual(once);
      }),
    );
  });
});

describe('inheritance', () => {
  it('merges objects, replaces arrays and everything else, and says who set what', () => {
    const district = layer('district', {
      colors: { primary: '#000000', text: '#111111' },
      custom: { tags: ['a', 'b'] },
    });
    const school = layer('school', {
      colors: { primary: '#ffffff' },
      custom: { tags: ['c'] },
      logo: { alt: 'School' },
    });
    expect(inherit([district, school])).toEqual({
      value: {
        colors: { primary: '#ffffff', text: '#111111' },
        custom: { tags: ['c'] },
        logo: { alt: 'School' },
      },
      sources: {
        'colors.primary': source('school'),
        'colors.text': source('district'),
        'custom.tags': source('school'),
        'logo.alt': source('school'),
      },
    });
  });

  it('lets a value replace an object and an object a value, with their sources', () => {
    const layers = [layer('one', { a: { b: 1, c: 2 }, d: 1 }), layer('two', { a: 3, d: { e: 4 } })];
    expect(inherit(layers)).toEqual({
      value: { a: 3, d: { e: 4 } },
      sources: { a: source('two'), 'd.e': source('two') },
    });
  });

  it('names a source for exactly the leaves of the outcome', () => {
    fc.assert(
      fc.property(fc.array(json, { maxLength: 4 }), (values) => {
        const { value, sources } = inherit(values.map((each, i) => layer(`g${i}`, each)));
        expect(Object.keys(sources).sort()).toEqual(leavesOf(value).sort());
      }),
    );
  });

  it('equals a chain of merge patches, because no layer contains a null', () => {
    fc.assert(
      fc.property(fc.array(json, { maxLength: 4 }), (values) => {
        const before = structuredClone(values);
        const { value } = inherit(values.map((each, i) => layer(`g${i}`, each)));
        expect(value).toEqual(
          values.reduce<JsonObject>((merged, each) => mergeKeepingEmpty(merged, each), {}),
        );
        expect(values).toEqual(before);
      }),
    );
  });

  it('measures how deep a value is nested', () => {
    expect([depthOfJson(1), depthOfJson({}), depthOfJson({ a: [1, { b: 2 }] })]).toEqual([0, 1, 3]);
  });
});

/** The simple model: objects merge, everything else replaces. */
function mergeKeepingEmpty(target: JsonObject, layerValue: JsonObject): JsonObject {
  const merged = { ...target };
  for (const [key, value] of Object.entries(layerValue)) {
    const known = merged[key];
    merged[key] = isJsonObject(value) ? mergeKeepingEmpty(isJsonObject(known) ? known : {}, value) : value;
  }
  return merged;
}
