/** SRTP and SRTCP (RFC 3711): which packet it is, whether it has come before, and what its profile makes of it. */
import { readUint16, readUint32 } from '../rtp/bytes.ts';
import type { Ciphers } from './ciphers.ts';
import { deriveKeys } from './key-derivation.ts';
import { isEncrypted, type PacketCipher, rtcpClearLength, rtcpIndexLength } from './packet-cipher.ts';
import { PacketIndex, PacketIndices } from './packet-index.ts';
import { type ProtectionProfileId, protectionProfiles } from './profiles.ts';

export interface SrtpKeys {
  profile: ProtectionProfileId;
  localMasterKey: Uint8Array;
  localMasterSalt: Uint8Array;
  remoteMasterKey: Uint8Array;
  remoteMasterSalt: Uint8Array;
}

const fixedHeaderLength = 12;
/** 31 bits (RFC 3711, 3.4) */
const lastRtcpIndex = isEncrypted - 1;

export class Srtp {
  readonly #local: PacketCipher;
  readonly #remote: PacketCipher;
  /** Never forgotten: an index that is used twice gives away what it protects (RFC 7714, 8.1). */
  readonly #sent = new Map<number, PacketIndex>();
  readonly #received = new PacketIndices();
  readonly #rtcpReceived = new PacketIndices();
  /** What is sealed twice under one index gives away the key of the tags (RFC 7714, 8.1). */
  readonly #sealsOnce: boolean;
  #rtcpIndex = 0;

  constructor(ciphers: Ciphers, { profile, ...keys }: SrtpKeys) {
    const { open, sealsOnce } = protectionProfiles[profile];
    this.#sealsOnce = sealsOnce;
    this.#local = open(ciphers, deriveKeys(ciphers, keys.localMasterKey, keys.localMasterSalt));
    this.#remote = open(ciphers, deriveKeys(ciphers, keys.remoteMasterKey, keys.remoteMasterSalt));
  }

  /**
   * Undefined for a packet from before the first of its source, around a wrap, which cannot be protected, and with GCM for one that was sent already,
   * or may have been.
   *
   * @param payload with its padding, if it has any
   */
  protectRtp(header: Uint8Array, payload: Uint8Array): Uint8Array | undefined {
    const ssrc = readUint32(header, 8);
    let index = this.#sent.get(ssrc);
    if (!index) this.#sent.set(ssrc, (index = new PacketIndex()));
    const packetIndex = index.of(readUint16(header, 2));
    if (packetIndex < 0 || (this.#sealsOnce && !index.isNew(packetIndex))) return undefined;
    if (this.#sealsOnce) index.take(packetIndex);
    else index.reach(packetIndex);
    return this.#local.sealRtp(header, payload, ssrc, packetIndex);
  }

  /** The packet in the clear, in the same bytes; undefined when it is not authentic, or has come before. */
  unprotectRtp(packet: Uint8Array): Uint8Array | undefined {
    const payloadOffset = headerLength(packet);
    if (payloadOffset + this.#remote.tagLength > packet.length) return undefined;
    const ssrc = readUint32(packet, 8);
    const index = this.#received.of(ssrc);
    const packetIndex = index.of(readUint16(packet, 2));
    if (!index.isNew(packetIndex)) return undefined;
    const clear = this.#remote.openRtp(packet, payloadOffset, ssrc, packetIndex);
    if (!clear) return undefined;
    index.take(packetIndex);
    this.#received.keep(ssrc, index);
    return clear;
  }

  /** Undefined for what is too short to be a compound. */
  protectRtcp(compound: Uint8Array): Uint8Array | undefined {
    if (compound.length < rtcpClearLength) return undefined;
    this.#rtcpIndex = this.#rtcpIndex === lastRtcpIndex ? 0 : this.#rtcpIndex + 1;
    return this.#local.sealRtcp(compound, readUint32(compound, 4), this.#rtcpIndex);
  }

  /** As {@link unprotectRtp}. */
  unprotectRtcp(packet: Uint8Array): Uint8Array | undefined {
    if (packet.length < rtcpClearLength + this.#remote.tagLength + rtcpIndexLength) return undefined;
    const ssrc = readUint32(packet, 4);
    const packetIndex = this.#remote.rtcpIndexWord(packet) % isEncrypted;
    const index = this.#rtcpReceived.of(ssrc);
    if (!index.isNew(packetIndex)) return undefined;
    const clear = this.#remote.openRtcp(packet, ssrc);
    if (!clear) return undefined;
    index.take(packetIndex);
    this.#rtcpReceived.keep(ssrc, index);
    return clear;
  }
}

/** With its extensions; more than the packet's length when they do not fit. */
function headerLength(packet: Uint8Array): number {
  const [first = 0] = packet;
  const length = fixedHeaderLength + (first & 0x0f) * 4;
  if ((first & 0x10) === 0) return length;
  return length + 4 + readUint16(packet, length + 2) * 4;
}
