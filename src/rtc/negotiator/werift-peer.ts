/** What werift's RTCPeerConnection needs beside W3C's calls. Of no effect on peer connections of other makes. */
import type { W3cPeerConnection } from '../w3c-peer-connection.ts';

/**
 * A bridge waits for our INIT (media dossier 5.2). Browsers send it whatever they are; werift leaves it to the side that controls ICE,
 * which is the bridge, and then both wait for ever: neither the data channel nor the connection gets `connected`. To be called between
 * the remote and the local description.
 */
export function takeSctpClientRole(pc: W3cPeerConnection): void {
  const transport: unknown = 'sctpTransport' in pc ? pc.sctpTransport : undefined;
  if (typeof transport !== 'object' || transport === null || !('isServer' in transport)) return;
  // Whoever made the peer connection may have seen to it.
  if (!Object.hasOwn(transport, 'isServer'))
    Object.defineProperty(transport, 'isServer', { get: () => false, configurable: true });
}

interface InactiveTransceiver {
  usedForSender: boolean;
  receiver: { tracks: unknown[] };
}

/**
 * werift gives an inactive transceiver that never sent to the next new m-line, of whatever kind, and then has none to answer the old
 * m-line with. And where the m-line is used again it tells of the track that was there before. To be called before the remote
 * description; the returned function after it.
 */
export function keepInactiveTransceivers(pc: W3cPeerConnection): () => void {
  const kept: InactiveTransceiver[] = [];
  for (const each of pc.getTransceivers?.() ?? [])
    if (isInactive(each) && !each.usedForSender) kept.push(each);
  for (const transceiver of kept) {
    transceiver.usedForSender = true;
    transceiver.receiver.tracks.length = 0;
  }
  return () => {
    for (const transceiver of kept) transceiver.usedForSender = false;
  };
}

function isInactive(transceiver: object): transceiver is InactiveTransceiver {
  if (!('usedForSender' in transceiver && 'currentDirection' in transceiver && 'receiver' in transceiver))
    return false;
  const { currentDirection, receiver } = transceiver;
  const hasTracks = typeof receiver === 'object' && receiver !== null && 'tracks' in receiver;
  return currentDirection === 'inactive' && hasTracks && Array.isArray(receiver.tracks);
}
