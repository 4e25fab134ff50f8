import { lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { isPublicAddress } from './outgoing-address';

/** An address that a person gave leads where no request of ours may go. */
export class ForbiddenAddressError extends Error {
  readonly code = 'EFORBIDDENADDRESS';

  constructor(why: string) {
    super(`The address is not allowed: ${why}.`);
  }
}

/** Asks for all addresses of a name. */
export type Resolver = (
  hostname: string,
  options: { all: true; family?: number },
  callback: (error: NodeJS.ErrnoException | null, addresses: { address: string; family: number }[]) => void,
) => void;

export interface OutgoingGuardOptions {
  /** Hosts, with port or without, that are allowed wherever they lead: OUTGOING_ALLOWED_HOSTS. */
  allowedHosts: readonly string[];
  /** The system's own unless a test brings another. */
  resolve?: Resolver;
}

const bare = (hostname: string): string => hostname.replace(/^\[|\]$/g, '');

/**
 * Stands before every request to an address that a person can set: only HTTPS, only the public internet. The name is
 * looked up once; each of its addresses is checked, and the connection is made to exactly those.
 */
export class OutgoingGuard {
  private readonly allowed: ReadonlySet<string>;
  private readonly resolve: Resolver;

  constructor({ allowedHosts, resolve = systemLookup }: OutgoingGuardOptions) {
    this.allowed = new Set(allowedHosts.map((host) => host.toLowerCase()));
    this.resolve = resolve;
  }

  /**
   * Checks what can be seen without asking anybody.
   * @throws ForbiddenAddressError for another protocol, a user name in the address, or an address inside.
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

  /** What `http.request` looks the host of this address up with; gives an error if one of its addresses is inside. */
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
