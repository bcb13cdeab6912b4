/** Whether an address is anybody's on the internet, or one of this machine, of a private network, or of no single host. */
import { BlockList, isIP, isIPv6 } from 'node:net';

/** IANA's registries of special-purpose addresses (RFC 6890), and multicast. */
const special4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
/** Of IPv6 only what is given out for the internet is public at all (2000::/3); in it, these are special. */
const special6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

const blocked4 = listOf(special4, 'ipv4');
const blocked6 = listOf(special6, 'ipv6');
const global6 = listOf(['2000::/3'], 'ipv6');
/** IPv4 within IPv6: mapped (RFC 4291, 2.5.5.2), translated (RFC 6052). */
const mapped = listOf(['::ffff:0:0/96', '64:ff9b::/96'], 'ipv6');

/** @param address of IPv4 or IPv6, without brackets; what is none is not public */
export function isPublicAddress(address: string): boolean {
  const [bare = ''] = address.split('%');
  if (isIP(bare) === 0) return false;
  if (!isIPv6(bare)) return !blocked4.check(bare, 'ipv4');
  if (mapped.check(bare, 'ipv6')) return isPublicAddress(lastFour(bare));
  return global6.check(bare, 'ipv6') && !blocked6.check(bare, 'ipv6');
}

function listOf(ranges: readonly string[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = '', bits = ''] = range.split('/');
    list.addSubnet(network, Number(bits), family);
  }
  return list;
}

/** The last 32 bits of an IPv6 address, as IPv4 is written. */
function lastFour(address: string): string {
  // As a URL's host it is written in one way only: in hexadecimal.
  const groups = new URL(`http://[${address}]`).hostname.slice(1, -1).split(':');
  const [high = 0, low = 0] = groups.slice(-2).map((group) => Number.parseInt(group || '0', 16));
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
