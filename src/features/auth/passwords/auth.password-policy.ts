import { dictionary } from '@zxcvbn-ts/language-common';
import { test as isAmongMostCommon } from 'fxa-common-password-list';
import { WeakPasswordError } from '../auth.errors';

export const MIN_PASSWORD_LENGTH = 8;
export const MAX_PASSWORD_LENGTH = 128;
/** How many other characters a password needs besides the person's own words. */
const MIN_OTHER_CHARACTERS = 4;
/** Shorter parts of a name occur in too many ordinary words. */
const MIN_WORD_LENGTH = 3;
/** Shorter roots, such as `a` of `a1b2`, mean nothing. */
const MIN_ROOT_LENGTH = 4;
const PRODUCT = 'raptscallions';

// The list of Firefox Accounts has those of eight or more characters among the 100,000 most common
// passwords (measured: all 39,330 of them); this list has the shorter ones, which are the roots of longer
// passwords.
const SHORT_AND_COMMON: ReadonlySet<string> = new Set(dictionary['passwords-common']);

/** What a password must not consist of. */
export interface PasswordContext {
  email: string | null;
  username: string | null;
  name: string;
  /** The district and the schools to which the person belongs. */
  places: readonly string[];
}

const lettersAndDigits = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');

const isListed = (text: string): boolean => SHORT_AND_COMMON.has(text) || isAmongMostCommon(text);

/** Also with the endings that people add if a digit or a sign is required: `Password123!`. */
function isCommon(password: string): boolean {
  const lower = password.normalize('NFKC').toLowerCase();
  if (isListed(lower) || new Set(lower).size < 3) return true;
  const root = lower.replace(/[\d!]+$/, '');
  return root.length >= MIN_ROOT_LENGTH && root !== lower && isListed(root);
}

function wordsOf({ email, username, name, places }: PasswordContext): string[] {
  const local = email?.split('@')[0] ?? '';
  const texts = [local, username ?? '', name, ...places];
  const parts = [PRODUCT, email ?? '', ...texts, ...texts.flatMap((text) => text.split(/[^\p{L}\p{N}]+/u))];
  return [...new Set(parts.map(lettersAndDigits))]
    .filter((word) => word.length >= MIN_WORD_LENGTH)
    .sort((one, other) => other.length - one.length);
}

/** Whether it consists of these words and little more; digits at the end do not count as more. */
function isMadeOf(password: string, words: readonly string[]): boolean {
  const whole = lettersAndDigits(password);
  const rest = words.reduce((left, word) => left.replaceAll(word, ''), whole);
  return rest.length < whole.length && rest.replace(/\d+$/, '').length < MIN_OTHER_CHARACTERS;
}

/**
 * Refuses what anybody would try first: the common passwords of the world, and those made of the person's own e-mail,
 * username and name, their school, or the name of this product. Length is the schema's business; there are no rules of
 * composition.
 * @param field the name of the refused field in the request.
 * @throws WeakPasswordError
 */
export function assertStrongPassword(password: string, context: PasswordContext, field: string): void {
  if (isMadeOf(password, wordsOf(context))) throw new WeakPasswordError(field, 'personal');
  if (isCommon(password)) throw new WeakPasswordError(field, 'common');
}
