import { lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { isPublicAddress } from './outgoing-address';

/** An address that a user gave leads to a place where our requests may not go. */
export class ForbiddenAddressError extends Error {
  readonly code = 'EFORBIDDENADDRESS';

  constructor(why: string) {
    super(`The address is not allowed: ${why}.`);
  }
}

/** Resolves a name to all its addresses. */
export type Resolver = (
  hostname: string,
  options: { all: true; family?: number },
  callback: (error: NodeJS.ErrnoException | null, addresses: { address: string; family: number }[]) => void,
) => void;

export interface OutgoingGuardOptions {
  /** Hosts, with or without a port, that are allowed wherever they lead: OUTGOING_ALLOWED_HOSTS. */
  allowedHosts: readonly string[];
  /** The system's own resolver, unless a test passes another one. */
  resolve?: Resolver;
}

const bare = (hostname: string): string => hostname.replace(/^\[|\]$/g, '');

/**
 * Checks every request to an address that a user can set: only HTTPS, only the public internet. The name is
 * resolved once; each of its addresses is checked, and the connection goes to exactly those.
 */
export class OutgoingGuard {
  private readonly allowed: ReadonlySet<string>;
  private readonly resolve: Resolver;

  constructor({ allowedHosts, resolve = systemLookup }: OutgoingGuardOptions) {
    this.allowed = new Set(allowedHosts.map((host) => host.toLowerCase()));
    this.resolve = resolve;
  }

  /**
   * Checks the address itself, without resolving its name.
   * @throws ForbiddenAddressError for another protocol, a user name in the address, or an internal address
   */
  assertAllowed(url: URL): void {
    if (url.username !== '' || url.password !== '') throw new ForbiddenAddressError('it holds a user name');
    if (this.isOpened(url)) {
      if (url.protocol !== 'http:' && url.protocol !== 'https:')
        throw new ForbiddenAddressError('it is neither http nor https');
      return;
    }
    if (url.protocol !== 'https:') throw new ForbiddenAddressError('it is not https');
    const host = bare(url.hostname);
    if (isIP(host) !== 0 && !isPublicAddress(host))
      throw new ForbiddenAddressError('it leads to a network that is not public');
  }

  /**
   * The `lookup` with which `http.request` resolves the host of this address; it fails if one of the
   * addresses is internal.
   */
  lookupFor(url: URL): LookupFunction {
    const isOpened = this.isOpened(url);
    return (hostname, options, callback) => {
      const family = typeof options.family === 'number' ? { family: options.family } : {};
      this.resolve(hostname, { ...family, all: true }, (error, addresses) => {
        if (error) return callback(error, '', 0);
        const [first] = addresses;
        if (first === undefined || (!isOpened && !addresses.every(({ address }) => isPublicAddress(address))))
          return callback(new ForbiddenAddressError('it leads to a network that is not public'), '', 0);
        if (options.all === true) return callback(null, addresses);
        callback(null, first.address, first.family);
      });
    };
  }

  private isOpened({ hostname, host }: URL): boolean {
    return this.allowed.has(hostname) || this.allowed.has(host);
  }
}
