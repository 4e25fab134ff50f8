import type { Route } from './route';

/** The feature to which a path belongs: its first word. */
export function tagOf(path: string): string {
  return path.split('/')[1] ?? '';
}

function singular(word: string): string {
  if (word.endsWith('sses')) return word.slice(0, -2);
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  return word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word;
}

const capital = (word: string): string =>
  word.replace(/(^|-)(\w)/g, (_all, _dash, letter: string) => letter.toUpperCase());
const VERBS = { get: 'get', put: 'set', patch: 'update', delete: 'delete', post: 'create' } as const;

/**
 * The operation's name for generated clients: `listGroups`, `getGroup`, `createGroupMember`,
 * `restoreGroup`. It depends only on the declaration, so it stays the same from version to version.
 */
export function operationId({ method, path, success }: Route): string {
  const segments = path.split('/').slice(1);
  const words = segments.flatMap((segment, i) => {
    if (segment.startsWith(':')) return [];
    return [segments[i + 1]?.startsWith(':') === true ? singular(segment) : segment];
  });
  const last = words.at(-1) ?? '';
  const endsInParam = segments.at(-1)?.startsWith(':') === true;
  if (success.list === true) return `list${words.map(capital).join('')}`;
  if (method === 'post' && last.endsWith('s'))
    return `create${[...words.slice(0, -1), singular(last)].map(capital).join('')}`;
  if (method === 'post' && !endsInParam) {
    const verb = capital(last);
    return `${verb.charAt(0).toLowerCase()}${verb.slice(1)}${words.slice(0, -1).map(capital).join('')}`;
  }
  return `${VERBS[method]}${words.map(capital).join('')}`;
}
