/** The addresses of this machine that another one may reach. */
import { isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { PeerTransportOptions } from '../../peer-transport.ts';

/** Machines with many virtual networks have more; each is a socket, and is tried with each address of the other side. */
const mostAddresses = 12;

export function hostAddresses({
  hostAddress,
  loopback = [],
}: Pick<PeerTransportOptions, 'hostAddress' | 'loopback'>): string[] {
  if (hostAddress !== undefined) return [hostAddress];
  const outer = Object.values(networkInterfaces())
    .flatMap((addresses = []) => addresses)
    .filter(({ internal, address }) => !internal && !isLinkLocal(address))
    .map(({ address }) => address)
    // IPv4 first: bridges rarely have anything else.
    .sort((a, b) => Number(isIPv6(a)) - Number(isIPv6(b)));
  return [...loopback, ...outer].slice(0, mostAddresses);
}

/** Without the name of its network such an address says nothing (RFC 8445, 5.1.1.1). */
function isLinkLocal(address: string): boolean {
  return address.startsWith('169.254.') || address.startsWith('fe80:');
}
