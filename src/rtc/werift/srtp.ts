/**
 * SRTP and SRTCP (RFC 3711, RFC 7714) with werift's key derivation and ciphers. The packet index is ours: werift's loses its rollover counter when
 * more than 100 packets are lost around a wrap, after which nothing can be decrypted any more, and takes replayed packets.
 */
import { type RtpHeader, SrtpSession } from 'werift';
import { readUint16, readUint32 } from '../../rtp/bytes.ts';
import { PacketIndex, PacketIndices } from './packet-index.ts';

export interface SrtpKeys {
  /** Protection profile (RFC 5764, 4.1.2; RFC 7714, 14.2). */
  profile: number;
  localMasterKey: Buffer;
  localMasterSalt: Buffer;
  remoteMasterKey: Buffer;
  remoteMasterSalt: Buffer;
}

const aeadAes128Gcm = 7;
const fixedHeaderLength = 12;
/** Sender's SSRC, and what the index and the tag take. */
const leastRtcpLength = 8 + 4;
/** 31 bits (RFC 3711, 3.4) */
const lastRtcpIndex = 0x7fff_ffff;

type Cipher = SrtpSession['localContext']['cipher'];

export class Srtp {
  readonly #local: Cipher;
  readonly #remote: Cipher;
  readonly #tagLength: number;
  /** Never forgotten: an index that is used twice gives away what it protects (RFC 7714, 8.1). */
  readonly #sent = new Map<number, PacketIndex>();
  readonly #received = new PacketIndices();
  readonly #rtcpReceived = new PacketIndices();
  #rtcpIndex = 0;

  constructor({ profile, ...keys }: SrtpKeys) {
    const session = new SrtpSession({ keys, profile });
    this.#local = session.localContext.cipher;
    this.#remote = session.remoteContext.cipher;
    this.#tagLength = profile === aeadAes128Gcm ? 16 : 10;
  }

  /**
   * Undefined for a packet from before the first of its source, around a wrap, which cannot be protected.
   *
   * @param payload with its padding, if it has any
   */
  protectRtp(header: Uint8Array, payload: Uint8Array): Buffer | undefined {
    const ssrc = readUint32(header, 8);
    const sequenceNumber = readUint16(header, 2);
    let index = this.#sent.get(ssrc);
    if (!index) this.#sent.set(ssrc, (index = new PacketIndex()));
    const packetIndex = index.of(sequenceNumber);
    if (packetIndex < 0) return undefined;
    index.reach(packetIndex);
    return this.#local.encryptRtp(
      writtenHeader(header, ssrc, sequenceNumber),
      asBuffer(payload),
      rolloverCounter(packetIndex),
    );
  }

  /** The packet in the clear; undefined when it is not authentic, or has come before. */
  unprotectRtp(packet: Buffer): Buffer | undefined {
    const payloadOffset = headerLength(packet);
    if (payloadOffset + this.#tagLength > packet.length) return undefined;
    const ssrc = packet.readUInt32BE(8);
    const sequenceNumber = packet.readUInt16BE(2);
    const index = this.#received.of(ssrc);
    const packetIndex = index.of(sequenceNumber);
    if (!index.isNew(packetIndex)) return undefined;
    const header = { payloadOffset, ssrc, sequenceNumber, padding: false, paddingSize: 0 };
    try {
      const [clear] = this.#remote.decryptRtp(
        packet,
        rolloverCounter(packetIndex),
        header as unknown as RtpHeader,
      );
      index.take(packetIndex);
      this.#received.keep(ssrc, index);
      return clear;
    } catch {
      return undefined;
    }
  }

  protectRtcp(compound: Uint8Array): Buffer {
    this.#rtcpIndex = this.#rtcpIndex === lastRtcpIndex ? 0 : this.#rtcpIndex + 1;
    return this.#local.encryptRTCP(asBuffer(compound), this.#rtcpIndex);
  }

  unprotectRtcp(packet: Buffer): Buffer | undefined {
    if (packet.length < leastRtcpLength + this.#tagLength) return undefined;
    const ssrc = packet.readUInt32BE(4);
    const indexOffset = this.#tagLength === 16 ? packet.length - 4 : packet.length - this.#tagLength - 4;
    const packetIndex = packet.readUInt32BE(indexOffset) & lastRtcpIndex;
    const index = this.#rtcpReceived.of(ssrc);
    if (!index.isNew(packetIndex)) return undefined;
    try {
      const [clear] = this.#remote.decryptRTCP(packet);
      index.take(packetIndex);
      this.#rtcpReceived.keep(ssrc, index);
      return clear;
    } catch {
      return undefined;
    }
  }
}

/** With its extensions; more than the packet's length when they do not fit. */
function headerLength(packet: Buffer): number {
  const [first = 0] = packet;
  const length = fixedHeaderLength + (first & 0x0f) * 4;
  if ((first & 0x10) === 0) return length;
  return length + 4 + readUint16(packet, length + 2) * 4;
}

/** The part of werift's header that its ciphers use: ours is written already. */
function writtenHeader(bytes: Uint8Array, ssrc: number, sequenceNumber: number): RtpHeader {
  const written = { ssrc, sequenceNumber, serializeSize: bytes.length, serialize: () => asBuffer(bytes) };
  return written as unknown as RtpHeader;
}

function rolloverCounter(index: number): number {
  return Math.floor(index / 0x1_0000);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
