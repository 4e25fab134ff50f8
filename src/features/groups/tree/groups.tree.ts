import { asciiLatin } from '../../../shared/latin';

const MAX_SLUG = 24;

/**
 * The readable half of a label: at most 24 of `[a-z0-9_]`, beginning with a letter or digit. A name without
 * Latin letters gives `group`, followed by its digits if it has some.
 */
export function slugOf(name: string): string {
  const plain = asciiLatin(name);
  const words = plain.split(/[^a-z0-9]+/).filter((word) => word !== '');
  const slug = (/[a-z]/.test(plain) ? words : ['group', ...words]).join('_');
  return slug.slice(0, MAX_SLUG).replace(/_+$/, '');
}

/**
 * The label of a group in every path: readable for operators, unique by the end of its id, and never
 * changed.
 */
export function labelOf(name: string, id: string): string {
  return `${slugOf(name)}_${id.replaceAll('-', '').slice(-12)}`;
}

/** How far a path is below the root; 0 for a root. */
export function depthOf(path: string): number {
  let depth = 0;
  for (let dot = path.indexOf('.'); dot !== -1; dot = path.indexOf('.', dot + 1)) depth += 1;
  return depth;
}
