/** AEAD_AES_128_GCM (RFC 7714). */
import { readUint32, writeUint16, writeUint32 } from '../rtp/bytes.ts';
import type { Aes128Gcm, Ciphers } from './ciphers.ts';
import type { SessionKeys } from './key-derivation.ts';
import {
  isEncrypted,
  type PacketCipher,
  rolloverCounter,
  rtcpClearLength,
  rtcpIndexLength,
} from './packet-cipher.ts';

const gcmTagLength = 16;
const ivLength = 12;

export class AesGcm implements PacketCipher {
  readonly tagLength: number = gcmTagLength;
  readonly #ciphers: Ciphers;
  readonly #rtp: Aes128Gcm;
  readonly #rtpSalt: Uint8Array;
  readonly #rtcp: Aes128Gcm;
  readonly #rtcpSalt: Uint8Array;
  readonly #iv = new Uint8Array(ivLength);

  constructor(ciphers: Ciphers, { rtp, rtcp }: SessionKeys) {
    this.#ciphers = ciphers;
    this.#rtp = ciphers.aes128Gcm(rtp.key);
    this.#rtpSalt = rtp.salt;
    this.#rtcp = ciphers.aes128Gcm(rtcp.key);
    this.#rtcpSalt = rtcp.salt;
  }

  sealRtp(header: Uint8Array, payload: Uint8Array, ssrc: number, index: number): Uint8Array {
    const { sealed, tag } = this.#rtp.seal(this.#rtpIv(ssrc, index), header, payload);
    const end = header.length + sealed.length;
    const packet = this.#ciphers.allocate(end + gcmTagLength);
    packet.set(header);
    packet.set(sealed, header.length);
    packet.set(tag, end);
    return packet;
  }

  openRtp(packet: Uint8Array, payloadOffset: number, ssrc: number, index: number): Uint8Array | undefined {
    const end = packet.length - gcmTagLength;
    const clear = this.#rtp.open(
      this.#rtpIv(ssrc, index),
      packet.subarray(0, payloadOffset),
      packet.subarray(payloadOffset, end),
      packet.subarray(end),
    );
    if (!clear) return undefined;
    packet.set(clear, payloadOffset);
    return packet.subarray(0, end);
  }

  sealRtcp(compound: Uint8Array, ssrc: number, index: number): Uint8Array {
    const word = index + isEncrypted;
    const { sealed, tag } = this.#rtcp.seal(
      this.#rtcpIv(ssrc, index),
      rtcpAssociated(compound, word),
      compound.subarray(rtcpClearLength),
    );
    const end = rtcpClearLength + sealed.length;
    const packet = this.#ciphers.allocate(end + gcmTagLength + rtcpIndexLength);
    packet.set(compound.subarray(0, rtcpClearLength));
    packet.set(sealed, rtcpClearLength);
    packet.set(tag, end);
    writeUint32(packet, end + gcmTagLength, word);
    return packet;
  }

  openRtcp(packet: Uint8Array, ssrc: number): Uint8Array | undefined {
    const word = this.rtcpIndexWord(packet);
    if (word < isEncrypted) return undefined;
    const end = packet.length - rtcpIndexLength - gcmTagLength;
    const clear = this.#rtcp.open(
      this.#rtcpIv(ssrc, word - isEncrypted),
      rtcpAssociated(packet, word),
      packet.subarray(rtcpClearLength, end),
      packet.subarray(end, end + gcmTagLength),
    );
    if (!clear) return undefined;
    packet.set(clear, rtcpClearLength);
    return packet.subarray(0, end);
  }

  rtcpIndexWord(packet: Uint8Array): number {
    return readUint32(packet, packet.length - rtcpIndexLength);
  }

  /** RFC 7714, 8.1: two zeros, SSRC, rollover counter, sequence number */
  #rtpIv(ssrc: number, index: number): Uint8Array {
    return this.#salted(this.#rtpSalt, ssrc, rolloverCounter(index), index & 0xffff);
  }

  /** RFC 7714, 9.1: two zeros, SSRC, two zeros, index */
  #rtcpIv(ssrc: number, index: number): Uint8Array {
    return this.#salted(this.#rtcpSalt, ssrc, index >>> 16, index & 0xffff);
  }

  #salted(salt: Uint8Array, ssrc: number, high: number, low: number): Uint8Array {
    const iv = this.#iv;
    writeUint16(iv, 0, 0);
    writeUint32(iv, 2, ssrc);
    writeUint32(iv, 6, high);
    writeUint16(iv, 10, low);
    for (let at = 0; at < ivLength; at++) iv[at] = (iv[at] ?? 0) ^ (salt[at] ?? 0);
    return iv;
  }
}

/** RFC 7714, 9.2 */
function rtcpAssociated(compound: Uint8Array, word: number): Uint8Array {
  const associated = new Uint8Array(rtcpClearLength + rtcpIndexLength);
  associated.set(compound.subarray(0, rtcpClearLength));
  writeUint32(associated, rtcpClearLength, word);
  return associated;
}
