/**
 * RTCP of an endpoint. Of a compound packet the last sender report or request for a key frame is passed on and nothing else of the kind;
 * requests for packets are answered here; all the rest ends here (jitsi-videobridge `RtcpTermination.kt`, `NackHandler.kt`, `KeyframeRequester.kt`).
 */
import type { Milliseconds } from '../../../../base/clock.ts';
import { parseRtcp } from '../../../../rtp/rtcp/compound.ts';
import type { FullIntraRequest, Nack, PictureLoss, RtcpPacket, SenderReport } from '../../../../rtp/rtcp.ts';
import type { EndpointMedia } from '../endpoint-media.ts';
import { requestKeyFrame } from '../incoming/key-frame-relay.ts';
import type { MediaSource } from '../incoming/media-source.ts';
import type { OutgoingStream } from './outgoing-stream.ts';

/** Packets that one NACK may ask for. */
const maxRepetitions = 300;

export interface ReceiverFeedbackOptions {
  /** With which the bridge sends its RTCP. */
  bridgeSsrc: number;
  /** The streams that carry a source now. */
  audience: (source: MediaSource) => ReadonlySet<OutgoingStream>;
  /** A receiver has told what arrives. */
  estimated: (receiver: EndpointMedia, now: Milliseconds) => void;
}

type Relayed = SenderReport | PictureLoss | FullIntraRequest;

export class ReceiverFeedback {
  readonly #options: ReceiverFeedbackOptions;

  constructor(options: ReceiverFeedbackOptions) {
    this.#options = options;
  }

  receive(endpoint: EndpointMedia, compound: Uint8Array, now: Milliseconds): void {
    let relayed: Relayed | undefined;
    for (const packet of parseRtcp(compound)) {
      if (packet.type === 'nack') this.#repeat(endpoint, packet, now);
      else if (isRelayed(packet)) relayed = packet;
      if (packet.type === 'transport-feedback') {
        endpoint.downlink.receive(packet.feedback, endpoint.wants.size > 0, now);
        this.#options.estimated(endpoint, now);
      }
      if (packet.type === 'sender-report') {
        endpoint.incoming.get(packet.ssrc)?.stream.reception.senderReport(packet, now);
      }
    }
    if (relayed?.type === 'sender-report') this.#relayReport(endpoint, relayed);
    else if (relayed) this.#relayRequest(endpoint, relayed, now);
  }

  #repeat(receiver: EndpointMedia, { mediaSsrc, sequenceNumbers }: Nack, now: Milliseconds): void {
    const stream = receiver.outgoing.get(mediaSsrc);
    if (!stream) return;
    for (const sequence of sequenceNumbers.slice(0, maxRepetitions)) stream.repeat(sequence, now);
  }

  #relayReport(sender: EndpointMedia, report: SenderReport): void {
    const incoming = sender.incoming.get(report.ssrc);
    if (!incoming) return;
    for (const outgoing of this.#options.audience(incoming.source)) {
      const own = outgoing.report(report);
      if (own) outgoing.receiver.sendRtcp([own]);
    }
  }

  #relayRequest(receiver: EndpointMedia, request: PictureLoss | FullIntraRequest, now: Milliseconds): void {
    const ssrcs = request.type === 'pli' ? [request.mediaSsrc] : request.requests.map(({ ssrc }) => ssrc);
    for (const ssrc of ssrcs) {
      const stream = receiver.outgoing.get(ssrc);
      if (stream?.source?.kind !== 'video' || !stream.quota.take(now)) continue;
      const { needed = stream.source.main, source } = stream;
      requestKeyFrame(source, needed, this.#options.bridgeSsrc, now);
    }
  }
}

function isRelayed(packet: RtcpPacket): packet is Relayed {
  return packet.type === 'sender-report' || packet.type === 'pli' || packet.type === 'fir';
}
