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
