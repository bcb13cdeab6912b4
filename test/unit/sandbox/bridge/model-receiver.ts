/** What a browser does with what a bridge sends it, as far as the bridge hears of it: transport-wide feedback over all packets, requests for what is missing. */
import { ArrivalRecorder } from '../../../../src/rtp/arrival-recorder.ts';
import { readUint16 } from '../../../../src/rtp/bytes.ts';
import { vp8FrameSize } from '../../../../src/rtp/codecs/vp8/frame.ts';
import { parseVp8Descriptor } from '../../../../src/rtp/codecs/vp8/descriptor.ts';
import { extensionOf, type RtpPacket } from '../../../../src/rtp/packet.ts';
import { extensionId, type MediaRig, type RigEndpoint } from './media-rig.ts';

/** ms */
const feedbackInterval = 50;
const ssrc = 77;

export class ModelReceiver {
  /** Packets that brought nothing new: padding, and what was sent once more. */
  padding = 0;
  readonly #heights = new Map<number, number>();
  readonly #arrivals = new ArrivalRecorder();
  readonly #endpoint: RigEndpoint;
  readonly #rig: MediaRig;

  constructor(rig: MediaRig, endpoint: RigEndpoint) {
    this.#rig = rig;
    this.#endpoint = endpoint;
    endpoint.transport.arrived = (packet) => this.#arrived(packet);
    this.#tick();
  }

  /** Lines of the last key frame on an SSRC. */
  height(of: number): number | undefined {
    return this.#heights.get(of);
  }

  /** bit/s, as the bridge told last */
  get told(): unknown {
    return this.#endpoint.heard('ConnectionStats').at(-1)?.estimatedDownlinkBandwidth;
  }

  #arrived(packet: RtpPacket): void {
    const value = extensionOf(packet, extensionId.transportSequence);
    if (value) this.#arrivals.record(readUint16(value, 0), this.#rig.clock.now());
    const descriptor = parseVp8Descriptor(packet.payload);
    if (packet.payload.length === 0 || packet.ssrc % 2 === 1) this.padding++;
    else if (descriptor?.isPartitionStart) {
      const size = vp8FrameSize(packet.payload, descriptor.length);
      if (size) this.#heights.set(packet.ssrc, size.height);
    }
  }

  #tick(): void {
    const { clock } = this.#rig;
    for (let taken = this.#arrivals.take(clock.now()); taken; taken = this.#arrivals.take(clock.now()))
      this.#endpoint.sendRtcp({
        type: 'transport-feedback',
        senderSsrc: ssrc,
        mediaSsrc: 0,
        feedback: taken,
      });
    clock.schedule(feedbackInterval, () => this.#tick());
  }
}
