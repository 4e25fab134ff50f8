/**
 * A limit of attempts by a key. An attempt is charged before it is made, and refunded if it turns out to be
 * harmless.
 */
export interface LimitedAttempts {
  /** Charges one attempt. @throws RateLimitedError if the key has used up its limit */
  take(...key: readonly string[]): Promise<void>;
  /** Refunds an attempt that does not count. */
  refund(...key: readonly string[]): Promise<void>;
}
