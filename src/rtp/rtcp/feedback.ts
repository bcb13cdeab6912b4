/** NACK and PLI (RFC 4585, 6.2.1 and 6.3.1), FIR (RFC 5104, 4.3.1), REMB (draft-alvestrand-rmcat-remb-03, 2.2). */
import { readUint16, readUint24, readUint32, writeUint16, writeUint24, writeUint32 } from '../bytes.ts';
import type { FullIntraRequest, Nack, PictureLoss, ReceiverEstimate } from '../rtcp.ts';
import { sequenceDistance } from '../sequence.ts';
import { feedbackPacket, headerLength, payloadTypes } from './bytes.ts';

export const nackFormat = 1;
export const pliFormat = 1;
export const firFormat = 4;
/** Application layer feedback: REMB and others. */
export const applicationFormat = 15;

/** Where a feedback packet's control information begins in its body. */
export const informationStart = 8;

const start = headerLength + informationStart;
const rembIdentifier = 0x52_45_4d_42; // 'REMB'
const maxMantissa = 2 ** 18 - 1;

export function parseNack(body: Uint8Array): Nack {
  const sequenceNumbers: number[] = [];
  for (let at = informationStart; at + 4 <= body.length; at += 4) {
    const first = readUint16(body, at);
    sequenceNumbers.push(first);
    for (let mask = readUint16(body, at + 2), bit = 1; mask !== 0; mask >>>= 1, bit++)
      if (mask & 1) sequenceNumbers.push((first + bit) & 0xffff);
  }
  return { type: 'nack', senderSsrc: readUint32(body, 0), mediaSsrc: readUint32(body, 4), sequenceNumbers };
}

/** Bytes of the packet. */
export function nackLength({ sequenceNumbers }: Nack): number {
  return start + rangesOf(sequenceNumbers).length * 4;
}

/** Ascending numbers make the shortest packet. */
export function buildNack({ senderSsrc, mediaSsrc, sequenceNumbers }: Nack): Uint8Array {
  const ranges = rangesOf(sequenceNumbers);
  const bytes = feedbackPacket(
    payloadTypes.transportFeedback,
    nackFormat,
    senderSsrc,
    mediaSsrc,
    ranges.length * 4,
  );
  for (const [index, { first, mask }] of ranges.entries()) {
    writeUint16(bytes, start + index * 4, first);
    writeUint16(bytes, start + index * 4 + 2, mask);
  }
  return bytes;
}

/** A number, and a bit for each of the 16 that follow it. */
function rangesOf(sequenceNumbers: readonly number[]): { first: number; mask: number }[] {
  const ranges: { first: number; mask: number }[] = [];
  for (const sequence of sequenceNumbers) {
    const range = ranges.at(-1);
    const bit = range ? sequenceDistance(range.first, sequence) - 1 : -1;
    if (range && bit >= 0 && bit < 16) range.mask |= 1 << bit;
    else ranges.push({ first: sequence, mask: 0 });
  }
  return ranges;
}

export function parsePli(body: Uint8Array): PictureLoss {
  return { type: 'pli', senderSsrc: readUint32(body, 0), mediaSsrc: readUint32(body, 4) };
}

export function buildPli({ senderSsrc, mediaSsrc }: PictureLoss): Uint8Array {
  return feedbackPacket(payloadTypes.payloadFeedback, pliFormat, senderSsrc, mediaSsrc, 0);
}

export function parseFir(body: Uint8Array): FullIntraRequest {
  const requests: { ssrc: number; sequenceNumber: number }[] = [];
  for (let at = informationStart; at + 8 <= body.length; at += 8)
    requests.push({ ssrc: readUint32(body, at), sequenceNumber: body[at + 4] ?? 0 });
  return { type: 'fir', senderSsrc: readUint32(body, 0), requests };
}

export function buildFir({ senderSsrc, requests }: FullIntraRequest): Uint8Array {
  const bytes = feedbackPacket(payloadTypes.payloadFeedback, firFormat, senderSsrc, 0, requests.length * 8);
  for (const [index, { ssrc, sequenceNumber }] of requests.entries()) {
    writeUint32(bytes, start + index * 8, ssrc);
    bytes[start + index * 8 + 4] = sequenceNumber;
  }
  return bytes;
}

/** Undefined for application feedback of another kind. */
export function parseRemb(body: Uint8Array): ReceiverEstimate | undefined {
  const at = informationStart;
  const count = body[at + 4] ?? 0;
  if (readUint32(body, at) !== rembIdentifier || at + 8 + count * 4 > body.length) return undefined;
  const word = readUint24(body, at + 5);
  return {
    type: 'remb',
    senderSsrc: readUint32(body, 0),
    bitrate: (word & maxMantissa) * 2 ** (word >>> 18),
    ssrcs: Array.from({ length: count }, (_, index) => readUint32(body, at + 8 + index * 4)),
  };
}

/** 18 bits of the bit rate are kept. */
export function buildRemb({ senderSsrc, bitrate, ssrcs }: ReceiverEstimate): Uint8Array {
  const listed = ssrcs.slice(0, 255);
  const bytes = feedbackPacket(
    payloadTypes.payloadFeedback,
    applicationFormat,
    senderSsrc,
    0,
    8 + listed.length * 4,
  );
  let exponent = 0;
  let mantissa = Math.floor(Math.min(bitrate, 2 ** 80));
  for (; mantissa > maxMantissa; exponent++) mantissa = Math.floor(mantissa / 2);
  writeUint32(bytes, start, rembIdentifier);
  bytes[start + 4] = listed.length;
  writeUint24(bytes, start + 5, (exponent << 18) | mantissa);
  for (const [index, ssrc] of listed.entries()) writeUint32(bytes, start + 8 + index * 4, ssrc);
  return bytes;
}
