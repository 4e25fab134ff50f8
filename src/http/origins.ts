/** What a browser says of a page's origin, as far as it is compared: lower case, no slash at the end. */
function normalized(origin: string): string {
  return origin.replace(/\/+$/, '').toLowerCase();
}

/** The origins of web clients elsewhere that may act here. */
export class AllowedOrigins {
  private readonly exact = new Set<string>();
  /** `http://localhost`, for any port of it. */
  private readonly anyPort = new Set<string>();

  /** @param patterns origins; `:*` in place of the port stands for each. */
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
