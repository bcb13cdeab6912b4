/** Candidates of the other side: it may have sent anything. */
import { isIP, isIPv6, SocketAddress } from 'node:net';
import type { IceCandidate } from '../jingle/model.ts';

/** As many of them are tried. */
const most = 64;

export class RemoteCandidates {
  readonly #known = new Set<string>();

  /** Those that are new and can be used, their addresses as sockets write them. */
  add(candidates: readonly IceCandidate[]): IceCandidate[] {
    const fresh: IceCandidate[] = [];
    for (const candidate of candidates) {
      if (!isUsable(candidate) || this.#known.size >= most) continue;
      const usable = { ...candidate, ip: canonical(candidate.ip) };
      const text = `${usable.ip} ${usable.port}`;
      if (this.#known.has(text)) continue;
      this.#known.add(text);
      fresh.push(usable);
    }
    return fresh;
  }
}

/** Left out: names (engines would ask the whole network for `.local` ones), TCP, RTCP's component, what no socket can send to. */
function isUsable({ foundation, component, protocol, priority, ip, port, type }: IceCandidate): boolean {
  return (
    /^[\w+/-]{1,32}$/.test(foundation) &&
    component === 1 &&
    protocol.toLowerCase() === 'udp' &&
    isIP(ip) !== 0 &&
    Number.isInteger(port) &&
    port > 0 &&
    port <= 65_535 &&
    Number.isInteger(priority) &&
    priority >= 0 &&
    priority < 2 ** 32 &&
    ['host', 'srflx', 'prflx', 'relay'].includes(type)
  );
}

function canonical(ip: string): string {
  return isIPv6(ip) ? new SocketAddress({ address: ip, family: 'ipv6' }).address : ip;
}
