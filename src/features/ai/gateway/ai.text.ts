/**
 * About this many bytes of UTF-8 make a token: four letters of English, two of Russian, one and a third
 * characters of Chinese. Used if the provider reports no counts.
 */
const BYTES_PER_TOKEN = 4;

/** Estimates the tokens of a text from its bytes in UTF-8. */
export function estimateTokens(bytes: number): number {
  return Math.ceil(bytes / BYTES_PER_TOKEN);
}

export interface Usage {
  inputTokens: number;
  outputTokens: number;
  /** Whether one of the two is an estimate. */
  isEstimated: boolean;
}

/** Returns the provider's counts, with an estimate for missing ones. */
export function usageOf(
  reported: { inputTokens: number | null; outputTokens: number | null } | null,
  bytes: { read: number; written: number },
): Usage {
  const inputTokens = reported?.inputTokens ?? null;
  const outputTokens = reported?.outputTokens ?? null;
  return {
    inputTokens: inputTokens ?? estimateTokens(bytes.read),
    outputTokens: outputTokens ?? estimateTokens(bytes.written),
    isEstimated: (inputTokens === null && bytes.read > 0) || (outputTokens === null && bytes.written > 0),
  };
}

/**
 * Returns the cost of calls in whole millionths of the currency, rounded up. Prices are millionths per
 * million tokens.
 */
export function costMicros(
  usage: { inputTokens: number; outputTokens: number },
  prices: { inputPriceMicros: number; outputPriceMicros: number },
): number {
  const total =
    BigInt(usage.inputTokens) * BigInt(prices.inputPriceMicros) +
    BigInt(usage.outputTokens) * BigInt(prices.outputPriceMicros);
  return Number((total + 999_999n) / 1_000_000n);
}

const isHighSurrogate = (code: number): boolean => code >= 0xd800 && code <= 0xdbff;

/**
 * Reads untrusted text that arrives in pieces: drops NUL, repairs characters that are cut in two, and
 * accepts only a limited number of characters.
 */
export class TextIntake {
  text = '';
  /** Whether more text arrived than is accepted. */
  full = false;
  private held = '';

  constructor(private readonly maxLength: number) {}

  /** Adds a piece. @returns the part that may be passed on; half a character waits for its other half */
  push(piece: string): string {
    if (this.full) return '';
    let fresh = (this.held + piece).replaceAll('\0', '');
    this.held = '';
    if (isHighSurrogate(fresh.charCodeAt(fresh.length - 1))) {
      this.held = fresh.slice(-1);
      fresh = fresh.slice(0, -1);
    }
    fresh = fresh.toWellFormed();
    const room = this.maxLength - this.text.length;
    if (fresh.length > room) {
      this.full = true;
      fresh = fresh.slice(0, isHighSurrogate(fresh.charCodeAt(room - 1)) ? room - 1 : room);
    }
    this.text += fresh;
    return fresh;
  }
}
