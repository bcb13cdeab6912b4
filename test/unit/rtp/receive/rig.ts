/** A receiver in virtual time, at the far end of a network whose near end sends as a bridge does. */
import type { RandomBytes } from '../../../../src/base/random.ts';
import { writeUint16 } from '../../../../src/rtp/bytes.ts';
import { buildRtpHeader, parseRtp, type RtpExtension } from '../../../../src/rtp/packet.ts';
import type { RtpParameters } from '../../../../src/rtp/parameters.ts';
import { RtpReceiver } from '../../../../src/rtp/receive/receiver.ts';
import type { ReceivedPacket, ReceiveLimits, SenderReportTimes } from '../../../../src/rtp/receive/types.ts';
import { buildRtcp, parseRtcp } from '../../../../src/rtp/rtcp/compound.ts';
import type { RtcpPacket } from '../../../../src/rtp/rtcp.ts';
import { type LinkFaults, LossyLink } from '../../../support/lossy-link.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { seededRandom } from '../../../support/random.ts';

const feedback = { nack: true, pli: true, transportFeedback: true };

export const parameters: RtpParameters = {
  codecs: [
    {
      payloadType: 111,
      name: 'opus',
      kind: 'audio',
      clockRate: 48_000,
      channels: 2,
      nack: false,
      pli: false,
      transportFeedback: true,
    },
    { payloadType: 100, name: 'vp8', kind: 'video', clockRate: 90_000, rtxPayloadType: 96, ...feedback },
    { payloadType: 107, name: 'h264', kind: 'video', clockRate: 90_000, rtxPayloadType: 99, ...feedback },
  ],
  extensions: { audioLevel: 1, transportSequence: { audio: 5, video: 5 } },
};

export const video = { ssrc: 1000, rtxSsrc: 1001, kind: 'video' as const };
export const audio = { ssrc: 2000, kind: 'audio' as const };
export const localSsrc = 77;
/** The bridge's own, which is no source. */
export const placeholder = 9999;

/** VP8 payloads that begin a frame (RFC 7741, 4.2 and 4.3); the key frame is one of 640×360. */
export const keyFrameStart: Uint8Array = Uint8Array.of(0x10, 0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 2, 0x68, 1);
export const frameStart: Uint8Array = Uint8Array.of(0x10, 0x11, 0, 0);
const continuation = Uint8Array.of(0x00, 1, 2, 3);

export interface Fields {
  ssrc?: number;
  payloadType?: number;
  sequenceNumber?: number;
  timestamp?: number;
  marker?: boolean;
  payload?: Uint8Array;
  padding?: number;
  transportSequence?: number | undefined;
  extensions?: readonly RtpExtension[];
}

/** A packet's bytes: VP8 of the video source, unless the fields say something else. */
export function packetOf(fields: Fields): Uint8Array {
  const { payload = continuation, padding = 0, transportSequence } = fields;
  const extensions = [...(fields.extensions ?? [])];
  if (transportSequence !== undefined)
    extensions.push({ id: 5, value: Uint8Array.of(transportSequence >>> 8, transportSequence) });
  const header = buildRtpHeader(
    {
      payloadType: fields.payloadType ?? 100,
      marker: fields.marker ?? false,
      sequenceNumber: fields.sequenceNumber ?? 0,
      timestamp: (fields.timestamp ?? 0) >>> 0,
      ssrc: fields.ssrc ?? video.ssrc,
      extensions,
    },
    padding > 0,
  );
  const bytes = new Uint8Array(header.length + payload.length + padding);
  bytes.set(header);
  bytes.set(payload, header.length);
  if (padding > 0) bytes[bytes.length - 1] = padding;
  return bytes;
}

/** A packet of the audio source. */
export const opus = (sequenceNumber: number): Fields => ({
  ssrc: audio.ssrc,
  payloadType: 111,
  sequenceNumber,
  timestamp: sequenceNumber * 960,
  payload: Uint8Array.of(1, 2, 3),
});

/** A packet of the video source that begins a key frame. */
export const keyFrame = (sequenceNumber: number, timestamp = 0): Fields => ({
  sequenceNumber,
  timestamp,
  payload: keyFrameStart,
});

/** One of the video source's, once more. */
export const retransmission = (original: number, fields: Fields = {}): Fields => ({
  ssrc: video.rtxSsrc,
  payloadType: 96,
  payload: Uint8Array.of(original >>> 8, original, ...frameStart),
  ...fields,
});

export interface RigOptions {
  start?: number;
  parameters?: RtpParameters;
  limits?: Partial<ReceiveLimits>;
  random?: RandomBytes;
}

/** A receiver whose timers run, and what it has given. */
export class ReceiverRig {
  readonly clock: ManualClock;
  readonly receiver: RtpReceiver;
  readonly packets: ReceivedPacket[] = [];
  readonly senderReports: (SenderReportTimes & { ssrc: number })[] = [];
  /** As they are read from their bytes, one list for each compound. */
  readonly compounds: { at: number; packets: RtcpPacket[] }[] = [];
  onRtcp: ((compound: Uint8Array) => void) | undefined;
  onPacket: ((packet: ReceivedPacket) => void) | undefined;
  /** How often the receiver's timer ran. */
  ticks = 0;
  #cancel = (): void => {};

  constructor(options: RigOptions = {}) {
    this.clock = new ManualClock(options.start ?? 1_790_000_000_000);
    this.receiver = new RtpReceiver(
      {
        parameters: options.parameters ?? parameters,
        localSsrc,
        random: options.random ?? seededRandom(1),
        limits: options.limits,
      },
      {
        packet: (packet) => {
          this.packets.push(packet);
          // As whoever reads packets of a video does.
          if (packet.gap && packet.codec.kind === 'video')
            this.receiver.requestKeyFrame(packet.ssrc, this.clock.now());
          this.onPacket?.(packet);
        },
        reported: (ssrc, report) => this.senderReports.push({ ssrc, ...report }),
        rtcp: (packets) => {
          const bytes = buildRtcp(packets);
          this.compounds.push({ at: this.clock.now(), packets: parseRtcp(bytes) });
          this.onRtcp?.(bytes);
        },
      },
    );
  }

  receive(bytes: Uint8Array): void {
    const packet = parseRtp(bytes);
    if (packet) this.receiver.receive(packet, this.clock.now());
    this.arm();
  }

  /** Each of the packets, one millisecond after the other. */
  receiveAll(list: readonly Fields[]): void {
    for (const fields of list) {
      this.receive(packetOf(fields));
      this.clock.advance(1);
    }
  }

  arm(): void {
    this.#cancel();
    const due = this.receiver.nextTimeout();
    if (due === undefined) return;
    this.#cancel = this.clock.schedule(due - this.clock.now(), () => {
      this.ticks++;
      this.receiver.tick(this.clock.now());
      this.arm();
    });
  }

  /** All RTCP packets of a type. */
  sent<Type extends RtcpPacket['type']>(type: Type): Extract<RtcpPacket, { type: Type }>[] {
    return this.compounds
      .flatMap(({ packets }) => packets)
      .filter((packet): packet is Extract<RtcpPacket, { type: Type }> => packet.type === type);
  }

  get sequences(): number[] {
    return this.packets.map(({ sequenceNumber }) => sequenceNumber);
  }
}

/** Sends a source's frames to a rig over a link, and answers what comes back. */
export class BridgeModel {
  readonly rig: ReceiverRig;
  readonly down: LossyLink<Uint8Array>;
  readonly up: LossyLink<Uint8Array>;
  /** Numbers of the packets sent, without wrap. */
  sent = 0;
  retransmissions = 0;
  keyFrames = 0;
  readonly #first: number;
  readonly #hasRtx: boolean;
  readonly #kept = new Map<number, Fields>();
  #rtxSequence = 65_500;
  #transportSequence: number;
  #needsKeyFrame = true;
  #frames = 0;

  constructor(
    rig: ReceiverRig,
    faults: LinkFaults,
    options: { seed?: number; first?: number; hasRtx?: boolean; up?: LinkFaults } = {},
  ) {
    const { seed = 1, first = 65_000, hasRtx = true } = options;
    const random = seededRandom(seed);
    this.rig = rig;
    this.#first = first;
    this.#transportSequence = first + 100;
    this.#hasRtx = hasRtx;
    this.down = new LossyLink(rig.clock, random, faults, (bytes) => rig.receive(bytes));
    this.up = new LossyLink(rig.clock, random, options.up ?? faults, (bytes) => this.#receiveRtcp(bytes));
    rig.onRtcp = (compound) => this.up.send(compound);
  }

  /** Frames of `size` packets, 30 a second. */
  sendFrames(count: number, size = 4): void {
    for (let frame = 0; frame < count; frame++) {
      this.sendFrame(size);
      this.rig.clock.advance(1000 / 30);
    }
  }

  sendFrame(size: number): void {
    const isKeyFrame = this.#needsKeyFrame;
    this.#needsKeyFrame = false;
    if (isKeyFrame) this.keyFrames++;
    const timestamp = this.#frames++ * 3_000;
    for (let index = 0; index < size; index++) {
      const start = isKeyFrame ? keyFrameStart : frameStart;
      const fields = {
        sequenceNumber: (this.#first + this.sent) & 0xffff,
        timestamp,
        marker: index === size - 1,
        payload: index === 0 ? start : continuation,
      };
      this.#kept.set(fields.sequenceNumber, fields);
      this.#kept.delete((fields.sequenceNumber - 1_000) & 0xffff);
      this.sent++;
      this.transmit(fields);
    }
  }

  transmit(fields: Fields): void {
    this.down.send(packetOf({ ...fields, transportSequence: this.#transportSequence++ & 0xffff }));
  }

  #receiveRtcp(compound: Uint8Array): void {
    for (const packet of parseRtcp(compound)) {
      if (packet.type === 'pli' && packet.mediaSsrc === video.ssrc) this.#needsKeyFrame = true;
      if (packet.type === 'nack') for (const sequence of packet.sequenceNumbers) this.#retransmit(sequence);
    }
  }

  #retransmit(sequence: number): void {
    const fields = this.#kept.get(sequence);
    if (!fields) return;
    this.retransmissions++;
    if (!this.#hasRtx) {
      this.transmit(fields);
      return;
    }
    const original = fields.payload ?? continuation;
    const payload = new Uint8Array(2 + original.length);
    writeUint16(payload, 0, sequence);
    payload.set(original, 2);
    this.#rtxSequence = (this.#rtxSequence + 1) & 0xffff;
    this.transmit({
      ...fields,
      payload,
      ssrc: video.rtxSsrc,
      payloadType: 96,
      sequenceNumber: this.#rtxSequence,
    });
  }
}
