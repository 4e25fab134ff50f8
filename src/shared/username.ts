import { asciiLatin } from './latin';

export const MAX_USERNAME_LENGTH = 64;
/** 2 to 64 letters and digits of any script; dots, dashes and underscores between them. */
const USERNAME = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}._-]{0,62}[\p{L}\p{M}\p{N}]$/u;

/** A username as it is compared and stored: without spaces around it, in lower case and one form of Unicode. */
export function normalizedUsername(text: string): string {
  return text.trim().normalize('NFKC').toLowerCase();
}

/** Whether a normalized text can be a username. */
export function isUsername(text: string): boolean {
  return USERNAME.test(text);
}

/** Leaves room for a number. A letter of a rare script counts twice. */
const MAX_BASE_LENGTH = 56;

/** A username made of the first and the last word of a name: `Zoë van der Quill` is `zoe.quill`. */
export function usernameFrom(name: string): string {
  const words = asciiLatin(name)
    .replace(/['’ʼ`]/g, '')
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => word !== '');
  const [first = '', last] = [words[0], words.length > 1 ? words.at(-1) : undefined];
  const base = normalizedUsername([first, ...(last === undefined ? [] : [last])].join('.'));
  const short = base
    .slice(0, MAX_BASE_LENGTH)
    .replace(/[\uD800-\uDBFF]$/, '')
    .replace(/\.$/, '');
  return [short, `user${short}`].find(isUsername) ?? 'user';
}

/** The username itself, or the first free one with a number behind it. */
export function firstFree(base: string, taken: ReadonlySet<string>): string {
  if (!taken.has(base)) return base;
  let number = 2;
  while (taken.has(`${base}${number}`)) number += 1;
  return `${base}${number}`;
}
