/** One SSRC from its sender: what came of it, and what the bridge makes of its packets before anybody gets them. */
import type { Milliseconds } from '../../../../base/clock.ts';
import type { MediaType } from '../../../../jingle/model.ts';
import { readUint16 } from '../../../../rtp/bytes.ts';
import { frameSize } from '../../../../rtp/codecs/key-frames.ts';
import { parseVp9Descriptor } from '../../../../rtp/codecs/vp9/descriptor.ts';
import { extensionOf, type RtpPacket } from '../../../../rtp/packet.ts';
import { sequenceDistance } from '../../../../rtp/sequence.ts';
import type { ExtensionIds, Format } from '../formats.ts';
import { type Encoding, MediaPacket, type SenderClock } from '../media-packet.ts';
import { Layer } from './layer.ts';
import { MissingPackets } from './missing-packets.ts';
import { PacketCache } from './packet-cache.ts';
import { Reception } from './reception.ts';
import { SequenceCuts } from '../outgoing/sequence-cuts.ts';

/** dBov below zero: nothing at all (RFC 6464). */
const silence = 127;
/** So many silent packets in a row are forwarded, that receivers hear the end (media 4.3). */
const maxSilent = 3;

export interface IncomingStreamOptions {
  ssrc: number;
  kind: MediaType;
  /** Among those of its source, the smallest first. Default 0. */
  index?: number;
  /** What its name stands for. Default 0. */
  height?: number;
  /** Of retransmissions: what is retransmitted. */
  original?: IncomingStream;
}

export class IncomingStream implements Encoding {
  readonly ssrc: number;
  readonly index: number;
  /** Of retransmissions: what is retransmitted. */
  readonly original: IncomingStream | undefined;
  /** What receivers can get of it, the least first. */
  layers: readonly Layer[];
  readonly reception: Reception = new Reception();
  /** Of video. */
  readonly cache: PacketCache | undefined;
  readonly missing: MissingPackets | undefined;
  /** So much is lost that only a key frame helps; to be set back by who asks for one. */
  needsKeyFrame = false;
  /** Number of the newest packet that was accepted. */
  latest: number = Number.NEGATIVE_INFINITY;
  readonly #cuts = new SequenceCuts();
  #silent = 0;

  constructor({ height = 0, index = 0, kind, original, ssrc }: IncomingStreamOptions) {
    this.ssrc = ssrc;
    this.index = index;
    this.original = original;
    const isRepaired = !original && kind === 'video';
    this.layers = isRepaired ? [new Layer(this, 0, height)] : [];
    this.cache = isRepaired ? new PacketCache() : undefined;
    this.missing = isRepaired ? new MissingPackets() : undefined;
  }

  get clock(): SenderClock | undefined {
    return this.reception.clock;
  }

  kept(number: number, now: Milliseconds): MediaPacket | undefined {
    return this.cache?.get(number, now);
  }

  /** A packet with the stream's own SSRC, to be forwarded; undefined if it is not to be. */
  accept(packet: RtpPacket, format: Format, ids: ExtensionIds, now: Milliseconds): MediaPacket | undefined {
    const before = this.reception.highest;
    const sequence = this.reception.received(packet, format.clockRate, now);
    const isNewest = before === undefined || sequence > before;
    this.#seen(sequence, now);
    const isDropped = packet.payload.length === 0 || this.#isSilent(packet, ids);
    if (isDropped && isNewest) {
      this.#cuts.cut(sequence);
      return undefined;
    }
    return packet.payload.length === 0 ? undefined : this.#place(packet, sequence, format, ids, now);
  }

  /** A retransmission of one of this stream's packets (RFC 4588, 4). */
  acceptRepetition(
    packet: RtpPacket,
    format: Format,
    ids: ExtensionIds,
    now: Milliseconds,
  ): MediaPacket | undefined {
    const { highest } = this.reception;
    if (packet.payload.length <= 2 || highest === undefined) return undefined;
    const original: RtpPacket = {
      ...packet,
      ssrc: this.ssrc,
      payloadType: format.payloadType,
      sequenceNumber: readUint16(packet.payload, 0),
      payload: packet.payload.subarray(2),
    };
    const sequence = highest + sequenceDistance(highest & 0xffff, original.sequenceNumber);
    this.#seen(sequence, now);
    return this.#place(original, sequence, format, ids, now);
  }

  #seen(sequence: number, now: Milliseconds): void {
    if (this.missing?.received(sequence, now) === 'hopeless') this.needsKeyFrame = true;
  }

  #place(
    rtp: RtpPacket,
    sequence: number,
    format: Format,
    ids: ExtensionIds,
    now: Milliseconds,
  ): MediaPacket | undefined {
    const number = this.#cuts.map(sequence);
    if (number === undefined) return undefined;
    this.latest = Math.max(this.latest, number);
    if (!this.cache) return new MediaPacket(this, rtp, number, format, ids);
    if (this.cache.get(number, now)) return undefined;
    const packet = new MediaPacket(this, rtp, number, format, ids);
    this.cache.add(packet, now);
    this.#learnLayers(packet);
    for (const layer of this.layers) layer.add(packet, now);
    return packet;
  }

  /** Key frames tell how large the picture is, in each of its layers. */
  #learnLayers({ isStart, rtp: { payload }, videoCodec }: MediaPacket): void {
    if (videoCodec === undefined || !isStart) return;
    const whole = frameSize(videoCodec, payload);
    const sizes =
      (videoCodec === 'vp9' ? parseVp9Descriptor(payload)?.sizes : undefined) ?? (whole ? [whole] : []);
    if (sizes.length === 0) return;
    let below: Layer | undefined;
    this.layers = sizes.map((size, spatialId) => {
      const height = Math.min(size.width, size.height);
      const layer = this.layers[spatialId] ?? new Layer(this, spatialId, height, below);
      layer.height = height;
      below = layer;
      return layer;
    });
  }

  #isSilent(packet: RtpPacket, ids: ExtensionIds): boolean {
    const level = audioLevelOf(packet, ids);
    if (level === undefined || level < silence) {
      this.#silent = 0;
      return false;
    }
    this.#silent += 1;
    return this.#silent > maxSilent;
  }
}

/** dBov below zero: 0 is the loudest, 127 silence. Undefined when the packet does not say (RFC 6464). */
export function audioLevelOf(packet: RtpPacket, { audioLevel }: ExtensionIds): number | undefined {
  const value = extensionOf(packet, audioLevel)?.[0];
  return value === undefined ? undefined : value & 0x7f;
}
