import Big from 'big.js';

/**
 * Whether a number is a multiple of a step, by decimal arithmetic: 4.35 is one of 0.01, although the two floating-point
 * numbers do not divide. No step of zero or below passes the meta-schema.
 */
export function isMultipleOf(value: number, step: number): boolean {
  if (Number.isInteger(value) && Number.isInteger(step)) return value % step === 0;
  if (!Number.isFinite(value)) return false;
  return new Big(value).mod(step).eq(0);
}

/** The least multiple of a step that is not below a number. */
export function multipleFrom(value: number, step: number): number {
  const below = new Big(value).div(step).round(0, Big.roundDown).times(step);
  return (below.lt(value) ? below.plus(step) : below).toNumber();
}

/** The sum of two numbers as they are written. */
export const decimalSum = (one: number, other: number): number => new Big(one).plus(other).toNumber();
