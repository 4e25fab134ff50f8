import { dictionary } from '@zxcvbn-ts/language-common';
import { WeakPasswordError } from './auth.errors';

export const MIN_PASSWORD_LENGTH = 8;
export const MAX_PASSWORD_LENGTH = 128;
/** A password of own words must have at least this much beside them. */
const MIN_OTHER_CHARACTERS = 4;
/** Shorter parts of a name are in too many honest words. */
const MIN_WORD_LENGTH = 3;

const COMMON: ReadonlySet<string> = new Set(
  dictionary['passwords-common'].filter((password) => password.length >= MIN_PASSWORD_LENGTH),
);

const lettersAndDigits = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');

function isCommon(password: string): boolean {
  const lower = password.normalize('NFKC').toLowerCase();
  return COMMON.has(lower) || new Set(lower).size < 3;
}

function ownWords(person: { email: string; name: string }): string[] {
  const local = person.email.split('@')[0] ?? '';
  const parts = [
    person.email,
    local,
    ...local.split(/[^\p{L}\p{N}]+/u),
    person.name,
    ...person.name.split(/\s+/),
  ];
  return [...new Set(parts.map(lettersAndDigits))]
    .filter((word) => word.length >= MIN_WORD_LENGTH)
    .sort((one, other) => other.length - one.length);
}

function isPersonal(password: string, person: { email: string; name: string }): boolean {
  const whole = lettersAndDigits(password);
  const rest = ownWords(person).reduce((left, word) => left.replaceAll(word, ''), whole);
  return rest.length < whole.length && rest.length < MIN_OTHER_CHARACTERS;
}

/**
 * Refuses what anybody would try first: the common passwords of the world, and those made of the person's own
 * e-mail and name. Length is the schema's business; there are no rules of composition.
 * @param field the name of the refused field in the request.
 * @throws WeakPasswordError
 */
export function assertStrongPassword(
  password: string,
  person: { email: string; name: string },
  field: string,
): void {
  if (isCommon(password)) throw new WeakPasswordError(field, 'common');
  if (isPersonal(password, person)) throw new WeakPasswordError(field, 'personal');
}
