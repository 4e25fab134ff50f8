/** Normalizes an origin for comparison: lower case, no slash at the end. */
function normalized(origin: string): string {
  return origin.replace(/\/+$/, '').toLowerCase();
}

/** The origins of external web clients that may call this API with cookies. */
export class AllowedOrigins {
  private readonly exact = new Set<string>();
  /** Origins such as `http://localhost`, allowed with any port. */
  private readonly anyPort = new Set<string>();

  /** @param patterns origins; `:*` in place of the port stands for any port */
  constructor(patterns: readonly string[]) {
    for (const pattern of patterns.map(normalized)) {
      if (pattern.endsWith(':*')) this.anyPort.add(pattern.slice(0, -2));
      else this.exact.add(pattern);
    }
  }

  has(origin: string): boolean {
    const given = normalized(origin);
    return this.exact.has(given) || this.anyPort.has(given.replace(/:\d{1,5}$/, ''));
  }
}
