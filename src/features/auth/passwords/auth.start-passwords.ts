import { randomInt } from 'node:crypto';

/** Without letters and digits that are mistaken for others when they are said or copied. */
const CONSONANTS = 'bdgjlmnrtvwz';
const VOWELS = 'aeou';
const DIGITS = '23456789';
/** 28 bits: with the limits on tries, guessing at one account takes centuries, and it is changed at the first sign-in. */
const PUPIL_WORDS = 2;
/** 39 bits, for people who can read the work of others. */
const OTHER_WORDS = 3;

const oneOf = (letters: string): string => letters[randomInt(letters.length)] as string;
const syllable = (): string => oneOf(CONSONANTS) + oneOf(VOWELS);
const word = (): string => syllable() + syllable();

/** A password that can be said and copied, for the first sign-in of somebody: `mola-ritu-83`. */
export function newStartPassword(isPupil: boolean): string {
  const words = Array.from({ length: isPupil ? PUPIL_WORDS : OTHER_WORDS }, word);
  return [...words, oneOf(DIGITS) + oneOf(DIGITS)].join('-');
}
