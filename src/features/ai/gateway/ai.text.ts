/**
 * About this many bytes of UTF-8 make a token: four letters of English, two of Russian, one and a third characters of
 * Chinese. Used if a provider does not count for us.
 */
const BYTES_PER_TOKEN = 4;

export function estimateTokens(bytes: number): number {
  return Math.ceil(bytes / BYTES_PER_TOKEN);
}

export interface Usage {
  inputTokens: number;
  outputTokens: number;
  /** Whether one of the two is an estimate. */
  isEstimated: boolean;
}

/** What the provider counted, and an estimate for what it did not count. */
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

/** What calls cost, in whole millionths of the currency, rounded up. Prices are millionths per million tokens. */
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
 * Takes in text that arrives in pieces from somebody we do not trust: drops NUL, mends characters that are cut in
 * two, and takes no more than a number of characters.
 */
export class TextIntake {
  text = '';
  /** Whether more came than is taken. */
  full = false;
  private held = '';

  constructor(private readonly maxLength: number) {}

  /** Takes in a piece. @returns what may be handed on of it: half a character waits for its other half. */
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
