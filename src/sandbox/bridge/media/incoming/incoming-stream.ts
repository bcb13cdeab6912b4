/** One SSRC from its sender: what came of it, and what the bridge makes of its packets before anybody gets them. */
import type { Milliseconds } from '../../../../base/clock.ts';
import type { MediaType } from '../../../../jingle/model.ts';
import { readUint16 } from '../../../../rtp/bytes.ts';
import { extensionOf, type RtpPacket } from '../../../../rtp/packet.ts';
import { sequenceDistance } from '../../../../rtp/sequence.ts';
import type { ExtensionIds, Format } from '../formats.ts';
import { MediaPacket } from '../media-packet.ts';
import { MissingPackets } from './missing-packets.ts';
import { PacketCache } from './packet-cache.ts';
import { Reception } from './reception.ts';
import { SequenceCuts } from '../outgoing/sequence-cuts.ts';

/** dBov below zero: nothing at all (RFC 6464). */
const silence = 127;
/** So many silent packets in a row are forwarded, that receivers hear the end (media 4.3). */
const maxSilent = 3;

export class IncomingStream {
  readonly ssrc: number;
  /** The stream that others are told of. */
  readonly isMain: boolean;
  /** Of retransmissions: what is retransmitted. */
  readonly original: IncomingStream | undefined;
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

  constructor(ssrc: number, kind: MediaType, isMain: boolean, original?: IncomingStream) {
    this.ssrc = ssrc;
    this.isMain = isMain;
    this.original = original;
    const isRepaired = isMain && kind === 'video';
    this.cache = isRepaired ? new PacketCache() : undefined;
    this.missing = isRepaired ? new MissingPackets() : undefined;
  }

  /** A packet with the stream's own SSRC, to be forwarded; undefined if it is not to be. */
  accept(packet: RtpPacket, format: Format, ids: ExtensionIds, now: Milliseconds): MediaPacket | undefined {
    const before = this.reception.highest;
    const sequence = this.reception.received(packet, format.clockRate, now);
    const isNewest = before === undefined || sequence > before;
    if (!this.isMain) return undefined;
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
    if (!this.cache) return new MediaPacket(rtp, number, format, ids);
    if (this.cache.get(number, now)) return undefined;
    const packet = new MediaPacket(rtp, number, format, ids);
    this.cache.add(packet, now);
    return packet;
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
