/**
 * A bridge waits for our INIT (media dossier 5.2). Browsers send it whatever they are; werift's RTCPeerConnection leaves it to the side
 * that controls ICE, which is the bridge, and then both wait for ever: neither the data channel nor the connection gets `connected`.
 */
import type { W3cPeerConnection } from './w3c-peer-connection.ts';

/** Call between the remote and the local description. Of no effect on peer connections of other makes. */
export function takeSctpClientRole(pc: W3cPeerConnection): void {
  const transport: unknown = 'sctpTransport' in pc ? pc.sctpTransport : undefined;
  if (typeof transport !== 'object' || transport === null || !('isServer' in transport)) return;
  // Whoever made the peer connection may have seen to it.
  if (!Object.hasOwn(transport, 'isServer'))
    Object.defineProperty(transport, 'isServer', { get: () => false, configurable: true });
}
