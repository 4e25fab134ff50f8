import { isIP } from 'node:net';
import * as ipaddr from 'ipaddr.js';

/** Global unicast of IPv6. What IANA has given to nobody leads nowhere today, and maybe inside tomorrow. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');
/** An interface identifier of ISATAP (RFC 5214): the IPv4 address after it is where packets end. */
const ISATAP = [
  [0x0000, 0x5efe],
  [0x0200, 0x5efe],
] as const;

function isIsatap({ parts }: ipaddr.IPv6): boolean {
  return ISATAP.some(([first, second]) => parts[4] === first && parts[5] === second);
}

/**
 * Whether an address is one of the public internet. Closed by default: private, local, shared, reserved and multicast
 * ranges are not, and neither is any form of IPv6 that carries an IPv4 address inside (mapped, compatible, translated,
 * 6to4, Teredo, ISATAP), because a gateway could take it to where that address leads.
 * @param address an IP address; a name or anything else is not public.
 */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  return parsed instanceof ipaddr.IPv4 || (parsed.match(GLOBAL_UNICAST) && !isIsatap(parsed));
}
