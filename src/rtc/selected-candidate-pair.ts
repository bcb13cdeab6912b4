/** The way that datagrams take to the other side and back (W3C WebRTC, `RTCIceTransport.getSelectedCandidatePair`). */
import type { IceCandidate } from '../jingle/model.ts';

export interface SelectedCandidate extends Pick<IceCandidate, 'type' | 'protocol' | 'ip' | 'port'> {
  /** Of a `relay` of ours: how the TURN server is spoken to, where the engine knows. */
  relayProtocol?: 'udp' | 'tcp' | 'tls';
}

export interface SelectedCandidatePair {
  local: SelectedCandidate;
  remote: SelectedCandidate;
}

/** `relay over tls 192.0.2.1:52110 → host 198.51.100.7:10000` */
export function pairInWords({ local, remote }: SelectedCandidatePair): string {
  return `${inWords(local)} → ${inWords(remote)}`;
}

function inWords({ type, ip, port, relayProtocol }: SelectedCandidate): string {
  const over = relayProtocol === undefined ? '' : ` over ${relayProtocol}`;
  return `${type}${over} ${ip.includes(':') ? `[${ip}]` : ip}:${port}`;
}
