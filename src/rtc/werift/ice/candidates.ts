/** Candidates as the model and as werift have them. */
import { type Address, Candidate, candidateFoundation, candidatePriority } from '../parts.ts';
import { defined } from '../../../base/defined.ts';
import type { IceCandidate } from '../../../jingle/model.ts';

/** @param index the more, the less we like it; 0 for the best */
export function localCandidate(
  type: 'host' | 'relay',
  [host, port]: Address,
  { index, ufrag, related }: { index: number; ufrag: string; related: Address | undefined },
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

/** @param id XEP-0176, 13 wants one */
export function toModel(candidate: Candidate, id: string): IceCandidate {
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
    id,
  });
}

/** The generation is left out, because werift never nominates one that differs from its own; it knows no `prflx` from others. */
export function toWerift({ foundation, priority, ip, port, type }: IceCandidate): Candidate {
  return new Candidate(foundation, 1, 'udp', priority, ip, port, type === 'prflx' ? 'host' : type);
}
