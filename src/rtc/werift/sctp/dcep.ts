/** The Data Channel Establishment Protocol (RFC 8832): how the two ends agree on a channel, on its own stream. */
import type { DataChannelOptions } from '../../data-channel.ts';

/** Payload protocol identifiers (RFC 8831, 8). */
export const ppid = { dcep: 50, text: 51, binary: 53, emptyText: 56, emptyBinary: 57 } as const;

const ackType = 2;
const openType = 3;
/** Length of a DATA_CHANNEL_OPEN without its texts (RFC 8832, 5.1). */
const openLength = 12;

export const ack: Buffer = Buffer.from([ackType]);

/** Reliable and ordered (channel type 0), priority and reliability parameter 0. */
export function openMessage({ label, protocol }: DataChannelOptions): Buffer {
  const texts = [Buffer.from(label), Buffer.from(protocol)] as const;
  const head = Buffer.alloc(openLength);
  head.writeUInt8(openType, 0);
  head.writeUInt16BE(texts[0].length, 8);
  head.writeUInt16BE(texts[1].length, 10);
  return Buffer.concat([head, ...texts]);
}

/** Undefined for what is neither. */
export function parseDcep(data: Buffer): 'ack' | DataChannelOptions | undefined {
  if (data[0] === ackType) return 'ack';
  if (data[0] !== openType || data.length < openLength) return undefined;
  const labelEnd = openLength + data.readUInt16BE(8);
  const protocolEnd = labelEnd + data.readUInt16BE(10);
  if (protocolEnd > data.length) return undefined;
  return {
    label: data.toString('utf8', openLength, labelEnd),
    protocol: data.toString('utf8', labelEnd, protocolEnd),
  };
}
