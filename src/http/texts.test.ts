import { z } from 'zod';
import { declaredRoutes, nameOf } from '../testing/declared-routes';
import { DEFAULT_BODY_BYTES } from './json-body';

/** A text field of a request: its place and its schema. */
interface Leaf {
  at: string;
  schema: z.ZodType;
}

type Def = Record<string, unknown> & { type: string };

/** Schemas inside another one, by their place. */
function partsOf(schema: z.ZodType): [string, z.ZodType][] {
  const def = schema.def as unknown as Def;
  switch (def.type) {
    case 'object':
      return Object.entries(def.shape as Record<string, z.ZodType>);
    case 'array':
      return [['[]', def.element as z.ZodType]];
    case 'record':
      return [
        ['{}', def.valueType as z.ZodType],
        ['{key}', def.keyType as z.ZodType],
      ];
    case 'union':
      return (def.options as z.ZodType[]).map((option, i) => [`|${i}`, option]);
    case 'pipe':
      return [['', def.in as z.ZodType]];
    case 'lazy':
      return [];
    default:
      return def.innerType === undefined ? [] : [['', def.innerType as z.ZodType]];
  }
}

function leavesOf(schema: z.ZodType, at: string): Leaf[] {
  if (schema.def.type === 'string') return [{ at, schema }];
  return partsOf(schema).flatMap(([name, part]) => leavesOf(part, name === '' ? at : `${at}.${name}`));
}

const leaves = declaredRoutes().flatMap((route) =>
  (['params', 'query', 'body'] as const).flatMap((part) =>
    route[part] === undefined ? [] : leavesOf(route[part], `${nameOf(route)} ${part}`),
  ),
);

/** Characters that may come in hidden; also in the forms that formats require. */
const HIDDEN = ['\0', '\u0007', '\u001b', '\u007f', '\u0085', '\u202e', '\u202d'];
const SHAPES: ((hidden: string) => string)[] = [
  (hidden) => `a${hidden}b`,
  (hidden) => `some text of a hundred characters${hidden} at the most`,
  (hidden) => `https://example.org/${hidden}a`,
  (hidden) => `ada${hidden}@example.org`,
  (hidden) => `ada@exam${hidden}ple.org`,
  (hidden) => `01890a5d-ac96-774b-bcce-b302099a8057${hidden}`,
  (hidden) => `2026-03-01T10:00:00Z${hidden}`,
];
/** Passwords are compared exactly; free JSON has keys of its author's choice. */
const VERBATIM = /\.(?:password|currentPassword|newPassword)$/;
const FREE_KEYS = /(?:schema|config|custom)\.\{key\}$/;

/** The texts that a schema accepts. */
const passed = ({ schema }: Leaf, texts: string[]): string[] =>
  texts.flatMap((text) => {
    const result = schema.safeParse(text);
    return result.success ? [String(result.data)] : [];
  });

describe('every text that a request can carry', () => {
  it('is found by this test', () => {
    expect(leaves.length).toBeGreaterThan(150);
    const names = leaves.map(({ at }) => at);
    for (const known of ['POST /groups body.name', 'PATCH /auth/me body.name', 'GET /users query.q'])
      expect(names).toContain(known);
  });

  it('hides no control character and no change of direction', () => {
    const hiding = leaves
      .filter(({ at }) => !VERBATIM.test(at) && !FREE_KEYS.test(at))
      .filter((leaf) =>
        passed(
          leaf,
          HIDDEN.flatMap((hidden) => SHAPES.map((shape) => shape(hidden))),
        ).some((text) => HIDDEN.some((hidden) => text.includes(hidden))),
      );
    expect(hiding.map(({ at }) => at)).toEqual([]);
  });

  it('can be stored, passwords included', () => {
    const unstorable = leaves
      .filter(({ at }) => !FREE_KEYS.test(at))
      .filter((leaf) => passed(leaf, ['a long enough\0 text', 'a long enough\ud800 text']).length > 0);
    expect(unstorable.map(({ at }) => at)).toEqual([]);
  });

  it('is in NFC, passwords aside', () => {
    const decomposed = leaves
      .filter(({ at }) => !VERBATIM.test(at) && !FREE_KEYS.test(at))
      .filter((leaf) => passed(leaf, ['Jose\u0301 Garci\u0301a']).some((text) => text !== 'José García'));
    expect(decomposed.map(({ at }) => at)).toEqual([]);
  });

  it('has a limit to its length', () => {
    const unlimited = leaves
      .filter(({ at }) => !FREE_KEYS.test(at))
      .filter((leaf) => passed(leaf, ['a'.repeat(200_000)]).length > 0);
    expect(unlimited.map(({ at }) => at)).toEqual([]);
  });

  it('fits into the body of its route, however many bytes its characters have', () => {
    const tight = declaredRoutes().filter(
      ({ body, bodyLimit = DEFAULT_BODY_BYTES }) => body !== undefined && mostBytes(body) > bodyLimit,
    );
    expect(tight.map(nameOf)).toEqual([]);
  });

  it('stands in lists that have a limit to their length', () => {
    const unlimited = declaredRoutes().flatMap((route) =>
      route.body === undefined ? [] : unlimitedLists(route.body, nameOf(route)),
    );
    expect(unlimited).toEqual([]);
  });
});

/**
 * The largest body in bytes of UTF-8, apart from free JSON and entries by name, which have their own
 * limits.
 */
function mostBytes(schema: z.ZodType): number {
  const checks = (schema.def.checks ?? []).map(
    (check) => check._zod.def as { check: string; maximum?: number },
  );
  const most = checks.findLast(({ check }) => check === 'max_length')?.maximum ?? 40;
  if (schema.def.type === 'string') return 3 * most;
  if (schema.def.type === 'record') return 0;
  if (schema instanceof z.ZodArray) return most * mostBytes(schema.def.element as z.ZodType);
  const parts = partsOf(schema).map(([name, part]) => name.length + mostBytes(part));
  return schema.def.type === 'union' ? Math.max(0, ...parts) : parts.reduce((sum, part) => sum + part, 0);
}

function unlimitedLists(schema: z.ZodType, at: string): string[] {
  const isUnlimited =
    schema instanceof z.ZodArray &&
    !(schema.def.checks ?? []).some((check) => check._zod.def.check === 'max_length');
  return [
    ...(isUnlimited ? [at] : []),
    ...partsOf(schema).flatMap(([name, part]) => unlimitedLists(part, `${at}.${name}`)),
  ];
}
