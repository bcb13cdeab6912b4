/** AES_CM_128_HMAC_SHA1_80 (RFC 3711, 4): counter mode, and a tag over what is sent. */
import { readUint32, writeUint32 } from '../rtp/bytes.ts';
import type { Ciphers } from './ciphers.ts';
import { CounterMode } from './counter-mode.ts';
import { HmacSha1, hmacTagLength } from './hmac-sha1.ts';
import type { SessionKeys } from './key-derivation.ts';
import {
  isEncrypted,
  type PacketCipher,
  rolloverCounter,
  rtcpClearLength,
  rtcpIndexLength,
} from './packet-cipher.ts';

export class AesCm implements PacketCipher {
  readonly tagLength: number = hmacTagLength;
  readonly #ciphers: Ciphers;
  readonly #rtp: CounterMode;
  readonly #rtpTag: HmacSha1;
  readonly #rtcp: CounterMode;
  readonly #rtcpTag: HmacSha1;

  constructor(ciphers: Ciphers, { rtp, rtcp }: SessionKeys) {
    this.#ciphers = ciphers;
    this.#rtp = new CounterMode(ciphers.aes128(rtp.key), rtp.salt);
    this.#rtpTag = new HmacSha1(ciphers.sha1, rtp.authenticationKey);
    this.#rtcp = new CounterMode(ciphers.aes128(rtcp.key), rtcp.salt);
    this.#rtcpTag = new HmacSha1(ciphers.sha1, rtcp.authenticationKey);
  }

  sealRtp(header: Uint8Array, payload: Uint8Array, ssrc: number, index: number): Uint8Array {
    const end = header.length + payload.length;
    const packet = this.#ciphers.allocate(end + hmacTagLength);
    packet.set(header);
    packet.set(payload, header.length);
    const rollover = rolloverCounter(index);
    this.#rtp.apply(packet, header.length, end, ssrc, rollover, index & 0xffff);
    this.#rtpTag.sign(packet, end, rollover);
    return packet;
  }

  openRtp(packet: Uint8Array, payloadOffset: number, ssrc: number, index: number): Uint8Array | undefined {
    const end = packet.length - hmacTagLength;
    const rollover = rolloverCounter(index);
    if (!this.#rtpTag.verify(packet, end, rollover)) return undefined;
    this.#rtp.apply(packet, payloadOffset, end, ssrc, rollover, index & 0xffff);
    return packet.subarray(0, end);
  }

  sealRtcp(compound: Uint8Array, ssrc: number, index: number): Uint8Array {
    const end = compound.length;
    const packet = this.#ciphers.allocate(end + rtcpIndexLength + hmacTagLength);
    packet.set(compound);
    this.#rtcp.apply(packet, rtcpClearLength, end, ssrc, index >>> 16, index & 0xffff);
    writeUint32(packet, end, index + isEncrypted);
    this.#rtcpTag.sign(packet, end + rtcpIndexLength);
    return packet;
  }

  openRtcp(packet: Uint8Array, ssrc: number): Uint8Array | undefined {
    const signed = packet.length - hmacTagLength;
    const end = signed - rtcpIndexLength;
    const word = this.rtcpIndexWord(packet);
    if (word < isEncrypted || !this.#rtcpTag.verify(packet, signed)) return undefined;
    const index = word - isEncrypted;
    this.#rtcp.apply(packet, rtcpClearLength, end, ssrc, index >>> 16, index & 0xffff);
    return packet.subarray(0, end);
  }

  rtcpIndexWord(packet: Uint8Array): number {
    return readUint32(packet, packet.length - hmacTagLength - rtcpIndexLength);
  }
}
