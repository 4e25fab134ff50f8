import Big from 'big.js';

/**
 * Whether a number is a multiple of a step, by decimal arithmetic: 4.35 is a multiple of 0.01, although the
 * floating-point numbers do not divide. The meta-schema refuses steps of zero or below.
 */
export function isMultipleOf(value: number, step: number): boolean {
  if (Number.isInteger(value) && Number.isInteger(step)) return value % step === 0;
  if (!Number.isFinite(value)) return false;
  return new Big(value).mod(step).eq(0);
}

/** Returns the least multiple of a step that is not below a number. */
export function multipleFrom(value: number, step: number): number {
  const below = new Big(value).div(step).round(0, Big.roundDown).times(step);
  return (below.lt(value) ? below.plus(step) : below).toNumber();
}

/** Returns the sum of two numbers in decimal arithmetic. */
export const decimalSum = (one: number, other: number): number => new Big(one).plus(other).toNumber();
