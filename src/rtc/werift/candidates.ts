/** Candidates as the model and as werift have them. */
import { isIP, isIPv6, SocketAddress } from 'node:net';
import { type Address, Candidate, candidateFoundation, candidatePriority } from 'werift';
import { defined } from '../../base/defined.ts';
import type { IceCandidate } from '../../jingle/model.ts';

/** @param index the more, the less we like it; 0 for the best */
export function localCandidate(
  type: 'host' | 'relay',
  [host, port]: Address,
  { index, ufrag, related }: { index: number; ufrag: string; related?: Address },
): Candidate {
  const priority = candidatePriority(type, 65_535 - index);
  const foundation = candidateFoundation(type, 'udp', host);
  const [relatedHost, relatedPort] = related ?? [];
  return new Candidate(
    foundation,
    1,
    'udp',
    priority,
    host,
    port,
    type,
    relatedHost,
    relatedPort,
    undefined,
    0,
    ufrag,
  );
}

export function toModel(candidate: Candidate): IceCandidate {
  return defined({
    foundation: candidate.foundation,
    component: candidate.component,
    protocol: candidate.transport,
    priority: candidate.priority,
    ip: candidate.host,
    port: candidate.port,
    type: candidate.type,
    relatedAddress: candidate.relatedAddress,
    relatedPort: candidate.relatedPort,
    generation: 0,
  });
}

/**
 * Undefined for what cannot be used: names (werift would ask the whole network for `.local` ones), TCP, other components, and what
 * no socket can send to. The generation is left out, because werift never nominates one that differs from its own.
 */
export function toWerift(candidate: IceCandidate): Candidate | undefined {
  const { foundation, component, protocol, priority, ip, port, type } = candidate;
  const usable =
    component === 1 &&
    protocol.toLowerCase() === 'udp' &&
    isIP(ip) !== 0 &&
    Number.isInteger(port) &&
    port > 0 &&
    port <= 65_535 &&
    Number.isFinite(priority) &&
    ['host', 'srflx', 'relay'].includes(type);
  return usable ? new Candidate(foundation, 1, 'udp', priority, canonical(ip), port, type) : undefined;
}

/** As sockets name it: werift compares texts. */
function canonical(ip: string): string {
  return isIPv6(ip) ? new SocketAddress({ address: ip, family: 'ipv6' }).address : ip;
}
