import { isIP } from 'node:net';
import * as ipaddr from 'ipaddr.js';

/**
 * Global unicast of IPv6. A range that IANA has not assigned leads nowhere today, but may lead inside
 * tomorrow.
 */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');
/** An interface identifier of ISATAP (RFC 5214): packets go to the IPv4 address after it. */
const ISATAP = [
  [0x0000, 0x5efe],
  [0x0200, 0x5efe],
] as const;

function isIsatap({ parts }: ipaddr.IPv6): boolean {
  return ISATAP.some(([first, second]) => parts[4] === first && parts[5] === second);
}

/**
 * Whether an address belongs to the public internet. Private, local, shared, reserved and multicast ranges
 * do not, nor does any IPv6 form that contains an IPv4 address (mapped, compatible, translated, 6to4,
 * Teredo, ISATAP), because a gateway could route it to that address.
 * @param address an IP address; anything else, such as a name, is not public
 */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  return parsed instanceof ipaddr.IPv4 || (parsed.match(GLOBAL_UNICAST) && !isIsatap(parsed));
}
