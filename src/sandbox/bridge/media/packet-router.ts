/** From a sender's packet to the packets of those who get it. What is done for a packet grows with them only. */
import type { Milliseconds } from '../../../base/clock.ts';
import { parseRtp, type RtpPacket } from '../../../rtp/packet.ts';
import type { EndpointMedia, Incoming } from './endpoint-media.ts';
import { audioLevelOf } from './incoming/incoming-stream.ts';
import { requestKeyFrame } from './incoming/key-frame-relay.ts';
import type { Encoding, MediaPacket } from './media-packet.ts';
import type { MediaSource } from './incoming/media-source.ts';
import type { OutgoingStream } from './outgoing/outgoing-stream.ts';

export interface PacketRouterOptions {
  /** With which the bridge sends its RTCP. */
  bridgeSsrc: number;
  /** The streams that carry a source now. */
  audience: (source: MediaSource) => ReadonlySet<OutgoingStream>;
  /** @param level dBov below zero, 0 to 127 */
  heard: (speaker: EndpointMedia, level: number, now: Milliseconds) => void;
  /** A packet is dropped, the first such packet of its sender. */
  dropped: (sender: EndpointMedia, reason: PacketFault, packet: RtpPacket) => void;
}

type PacketFault = 'unsignalled-ssrc' | 'unknown-format';

export class PacketRouter {
  readonly #options: PacketRouterOptions;

  constructor(options: PacketRouterOptions) {
    this.#options = options;
  }

  /** @param arrived when it came: the sender is judged by that, receivers by when something was sent to them */
  receive(sender: EndpointMedia, bytes: Uint8Array, arrived: Milliseconds, now: Milliseconds): void {
    const rtp = parseRtp(bytes);
    // Visitors only watch (media 6.5).
    if (!rtp || sender.isVisitor) return;
    sender.lastPacket = arrived;
    const incoming = sender.incoming.get(rtp.ssrc);
    // Jitsi offers one identifier for both kinds; for a probe on an unknown SSRC there is no kind to ask.
    sender.feedback.arrived(rtp, sender.formats.extensions[incoming?.source.kind ?? 'video'], arrived);
    if (!incoming) this.#drop(sender, 'unsignalled-ssrc', rtp);
    else if (incoming.stream.original) this.#receiveRepetition(sender, incoming, rtp, arrived, now);
    else this.#receiveMedia(sender, incoming, rtp, arrived, now);
  }

  #receiveMedia(
    sender: EndpointMedia,
    { source, stream }: Incoming,
    rtp: RtpPacket,
    arrived: Milliseconds,
    now: Milliseconds,
  ): void {
    const format = sender.formats.get(rtp.payloadType);
    if (format?.kind !== source.kind) return this.#drop(sender, 'unknown-format', rtp);
    const ids = sender.formats.extensions[source.kind];
    const packet = stream.accept(rtp, format, ids, arrived);
    if (stream.needsKeyFrame) {
      stream.needsKeyFrame = false;
      this.#requestKeyFrame(source, stream, now);
    }
    if (sender.forceMuted.has(source.kind)) return;
    const level = source.kind === 'audio' ? audioLevelOf(rtp, ids) : undefined;
    if (level !== undefined) this.#options.heard(sender, level, arrived);
    if (packet) this.#forward(source, packet, now);
  }

  #receiveRepetition(
    sender: EndpointMedia,
    { source, stream }: Incoming,
    rtp: RtpPacket,
    arrived: Milliseconds,
    now: Milliseconds,
  ): void {
    const format = sender.formats.retransmitted.get(rtp.payloadType);
    // Padding may come with any video payload type.
    stream.reception.received(rtp, format?.clockRate ?? 90_000, arrived);
    const { original } = stream;
    if (!original || format?.kind !== source.kind) return;
    const ids = sender.formats.extensions[format.kind];
    const packet = original.acceptRepetition(rtp, format, ids, arrived);
    if (packet && !sender.forceMuted.has(source.kind)) this.#forward(source, packet, now);
  }

  #forward(source: MediaSource, packet: MediaPacket, now: Milliseconds): void {
    let isWaiting = false;
    for (const stream of this.#options.audience(source)) {
      const outcome = stream.forward(packet, now);
      if (outcome === 'waiting') isWaiting = true;
      else if (outcome === 'started') this.#catchUp(stream, packet, now);
    }
    if (isWaiting) this.#requestKeyFrame(source, packet.encoding, now);
  }

  /** The key frame came late, by retransmission: what follows it is here already. */
  #catchUp(stream: OutgoingStream, { encoding, number: first }: MediaPacket, now: Milliseconds): void {
    for (let number = first + 1; number <= encoding.latest; number++) {
      const packet = encoding.kept(number, now);
      if (packet) stream.forward(packet, now);
    }
  }

  #drop(sender: EndpointMedia, reason: PacketFault, packet: RtpPacket): void {
    if (sender.drops.add(packet)) this.#options.dropped(sender, reason, packet);
  }

  #requestKeyFrame(source: MediaSource, encoding: Encoding, now: Milliseconds): void {
    if (source.kind === 'video') requestKeyFrame(source, encoding, this.#options.bridgeSsrc, now);
  }
}
