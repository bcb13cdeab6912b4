/**
 * Room in the bridge's offers for tracks of ours. An answer sends only where the offer receives, and the bridge offers to receive one
 * track of each kind; whatever else `addTrack` has put on a transceiver needs an m-line (RFC 9429, 5.10; lib-jitsi-meet
 * `JingleSessionPC.ts` `addTracks`).
 */
import { MediaError } from '../../base/errors.ts';
import type { MediaType } from '../../jingle/model.ts';
import type { RemoteDescription } from '../../sdp/remote-description.ts';
import type { W3cPeerConnection, W3cTransceiver } from '../w3c-peer-connection.ts';

export class SenderLines {
  readonly #pc: W3cPeerConnection;
  /** There is an m-line for them in an offer. */
  readonly #placed = new WeakSet<W3cTransceiver>();

  constructor(pc: W3cPeerConnection) {
    this.#pc = pc;
  }

  /** Before an offer. */
  prepare(description: RemoteDescription): void {
    const transceivers = this.#pc.getTransceivers?.() ?? [];
    const mids = transceivers.flatMap(({ mid }) => mid ?? []);
    const sending = transceivers.filter(isSending);
    description.receiveOn(new Set(sending.flatMap(({ mid }) => mid ?? [])));
    for (const kind of ['audio', 'video'] as const) {
      const waiting = this.#waiting(sending, kind);
      const room = description.receivers(kind).filter((mid) => !mids.includes(mid)).length;
      for (let count = room; count < waiting.length; count++) description.addReceiver(kind);
      for (const transceiver of waiting) this.#placed.add(transceiver);
    }
  }

  /** After the answer: a peer connection gives an m-line of an offer to what was added with `addTrack` only. @throws MediaError */
  check(): void {
    const left = (this.#pc.getTransceivers?.() ?? []).filter(
      (transceiver) => isSending(transceiver) && isUnplaced(transceiver),
    );
    if (left.length === 0) return;
    throw new MediaError(
      `announcing tracks: the peer connection has put ${left.length} of them on no m-line of the bridge's offer; add tracks with addTrack(), for offers of the other side do not take what addTransceiver() made`,
      { code: 'track-not-negotiated' },
    );
  }

  #waiting(sending: readonly W3cTransceiver[], kind: MediaType): W3cTransceiver[] {
    return sending.filter(
      (transceiver) =>
        transceiver.sender.track?.kind === kind && isUnplaced(transceiver) && !this.#placed.has(transceiver),
    );
  }
}

function isSending({ direction, sender }: W3cTransceiver): boolean {
  return Boolean(sender.track) && (direction === 'sendrecv' || direction === 'sendonly');
}

function isUnplaced({ mid }: W3cTransceiver): boolean {
  return mid === null || mid === undefined;
}
