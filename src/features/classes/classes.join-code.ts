import { randomInt } from 'node:crypto';

/** Without I, O, 0 and 1, because pupils copy codes from a blackboard. */
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const LENGTH = 8;

/**
 * Returns a random code of 40 bits: with the limit on attempts, guessing one of ten thousand classes takes
 * years.
 */
export function newJoinCode(): string {
  return Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}

/** Returns a typed code as codes are stored: upper case, without spaces and dashes. */
export function normalizeJoinCode(typed: string): string {
  return typed.toUpperCase().replace(/[\s-]/g, '');
}
