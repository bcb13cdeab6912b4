/**
 * The first bytes of a bench message, big endian: what its receiver counts by.
 *
 *     0  magic "JHB1"
 *     4  run: a random number for one sender's run
 *     8  sequence number in the run, from 0, 48 bits
 *    14  time of sending: ms since the epoch as a double
 */

/** Bytes; the least that a message can have. */
export const headerSize = 22;

const magic = 0x4a484231;

export interface Header {
  run: number;
  sequence: number;
  /** ms since the epoch */
  sentAt: number;
}

export function writeHeader(message: Buffer, { run, sequence, sentAt }: Header): void {
  message.writeUInt32BE(magic, 0);
  message.writeUInt32BE(run, 4);
  message.writeUIntBE(sequence, 8, 6);
  message.writeDoubleBE(sentAt, 14);
}

/** Undefined for messages of anybody else's making. */
export function readHeader(message: Uint8Array): Header | undefined {
  if (message.byteLength < headerSize) return undefined;
  const bytes = Buffer.from(message.buffer, message.byteOffset, headerSize);
  if (bytes.readUInt32BE(0) !== magic) return undefined;
  return {
    run: bytes.readUInt32BE(4),
    sequence: bytes.readUIntBE(8, 6),
    sentAt: bytes.readDoubleBE(14),
  };
}
