import { InvalidInputError } from '../shared/errors';
import { inexactNumber } from '../shared/exact-numbers';

/** @throws InvalidInputError for a body with a number that parsing would silently change */
export function assertExactNumbers(json: string): void {
  const number = inexactNumber(json);
  if (number === null) return;
  const message = `The number ${number} cannot be stored exactly. Send it as text, or send a number below 2^53.`;
  throw new InvalidInputError(message, { issues: [{ path: 'body', reason: 'inexact_number', message }] });
}
