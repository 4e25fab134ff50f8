import { canonicalJson } from '../../shared/json';

/**
 * One difference. The path is a JSON pointer (`/constraints/topics/0`); `from` is absent for an addition,
 * `to` for a removal.
 */
export interface Change {
  path: string;
  op: 'added' | 'removed' | 'changed';
  from?: unknown;
  to?: unknown;
}

const isNode = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/**
 * Compares by structure: objects key by key, arrays index by index. A value of another type has changed as
 * a whole.
 */
export function diffJson(from: unknown, to: unknown, path = ''): Change[] {
  if (canonicalJson(from) === canonicalJson(to)) return [];
  const isSameKind = isNode(from) && isNode(to) && Array.isArray(from) === Array.isArray(to);
  if (!isSameKind) return [{ path, op: 'changed', from, to }];
  return [...new Set([...Object.keys(from), ...Object.keys(to)])].flatMap((key): Change[] => {
    const below = `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (!Object.hasOwn(from, key)) return [{ path: below, op: 'added', to: to[key] }];
    if (!Object.hasOwn(to, key)) return [{ path: below, op: 'removed', from: from[key] }];
    return diffJson(from[key], to[key], below);
  });
}
