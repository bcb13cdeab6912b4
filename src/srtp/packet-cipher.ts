/** One direction of an SRTP session: what a protection profile does with a packet whose index is known. */

export interface PacketCipher {
  readonly tagLength: number;
  /** @param index of 48 bits (RFC 3711, 3.3.1) */
  sealRtp(header: Uint8Array, payload: Uint8Array, ssrc: number, index: number): Uint8Array;
  /** In place. Undefined when it is not authentic; then nothing was changed. */
  openRtp(packet: Uint8Array, payloadOffset: number, ssrc: number, index: number): Uint8Array | undefined;
  /** @param index of 31 bits */
  sealRtcp(compound: Uint8Array, ssrc: number, index: number): Uint8Array;
  /** As {@link openRtp}; what is authentic and was not encrypted is not taken either. */
  openRtcp(packet: Uint8Array, ssrc: number): Uint8Array | undefined;
  /** The word with the index of a compound, and in its highest bit that it is encrypted. */
  rtcpIndexWord(packet: Uint8Array): number;
}

/** Of a compound, its first header and the SSRC stay in the clear (RFC 3711, 3.4). */
export const rtcpClearLength = 8;
export const rtcpIndexLength = 4;
export const isEncrypted = 0x8000_0000;

export function rolloverCounter(index: number): number {
  return Math.floor(index / 0x1_0000);
}
