/** Compound packets (RFC 3550, 6.1), also those of reduced size (RFC 5506). */
import { readUint16, readUint32 } from '../bytes.ts';
import type { RtcpPacket } from '../rtcp.ts';
import { buildTransportFeedback, parseTransportFeedback } from '../transport-feedback.ts';
import { feedbackPacket, headerLength, payloadTypes } from './bytes.ts';
import * as feedback from './feedback.ts';
import { buildReceiverReport, buildSenderReport, parseReceiverReport, parseSenderReport } from './reports.ts';
import { buildBye, buildSdes, parseBye, parseSdes } from './sources.ts';

const transportFeedbackFormat = 15;

/** Packets of other kinds, and what is malformed, are left out; what follows a length that can not be is not read. */
export function parseRtcp(compound: Uint8Array): RtcpPacket[] {
  const packets: RtcpPacket[] = [];
  for (let offset = 0; offset + headerLength <= compound.length; ) {
    const first = compound[offset] ?? 0;
    const end = offset + headerLength + readUint16(compound, offset + 2) * 4;
    if (first >>> 6 !== 2 || end > compound.length) break;
    const padding = first & 0x20 ? (compound[end - 1] ?? 0) : 0;
    const start = offset + headerLength;
    if (start + padding <= end) {
      const body = compound.subarray(start, end - padding);
      const packet = parseBody(compound[offset + 1] ?? 0, first & 0x1f, body);
      if (packet) packets.push(packet);
    }
    offset = end;
  }
  return packets;
}

/**
 * The bytes of the packets, in order. Of reports, SDES chunks and sources of a BYE the first 31 are written, which is what fits: more
 * of them need more packets.
 */
export function buildRtcp(packets: readonly RtcpPacket[]): Uint8Array {
  const parts = packets.map(buildPacket);
  const [only] = parts;
  if (only && parts.length === 1) return only;
  let length = 0;
  for (const part of parts) length += part.length;
  const compound = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    compound.set(part, offset);
    offset += part.length;
  }
  return compound;
}

function parseBody(type: number, count: number, body: Uint8Array): RtcpPacket | undefined {
  switch (type) {
    case payloadTypes.senderReport:
      return parseSenderReport(body, count);
    case payloadTypes.receiverReport:
      return parseReceiverReport(body, count);
    case payloadTypes.sdes:
      return parseSdes(body, count);
    case payloadTypes.bye:
      return parseBye(body, count);
    case payloadTypes.transportFeedback:
    case payloadTypes.payloadFeedback:
      return body.length < feedback.informationStart ? undefined : parseFeedback(type, count, body);
    default:
      return undefined;
  }
}

function parseFeedback(type: number, format: number, body: Uint8Array): RtcpPacket | undefined {
  if (type === payloadTypes.transportFeedback) {
    if (format === feedback.nackFormat) return feedback.parseNack(body);
    if (format !== transportFeedbackFormat) return undefined;
    const arrivals = parseTransportFeedback(body.subarray(feedback.informationStart));
    return (
      arrivals && {
        type: 'transport-feedback',
        senderSsrc: readUint32(body, 0),
        mediaSsrc: readUint32(body, 4),
        feedback: arrivals,
      }
    );
  }
  if (format === feedback.pliFormat) return feedback.parsePli(body);
  if (format === feedback.firFormat) return feedback.parseFir(body);
  return format === feedback.applicationFormat ? feedback.parseRemb(body) : undefined;
}

function buildPacket(packet: RtcpPacket): Uint8Array {
  switch (packet.type) {
    case 'sender-report':
      return buildSenderReport(packet);
    case 'receiver-report':
      return buildReceiverReport(packet);
    case 'sdes':
      return buildSdes(packet);
    case 'bye':
      return buildBye(packet);
    case 'nack':
      return feedback.buildNack(packet);
    case 'pli':
      return feedback.buildPli(packet);
    case 'fir':
      return feedback.buildFir(packet);
    case 'remb':
      return feedback.buildRemb(packet);
    case 'transport-feedback': {
      const information = buildTransportFeedback(packet.feedback);
      const { senderSsrc, mediaSsrc } = packet;
      const bytes = feedbackPacket(
        payloadTypes.transportFeedback,
        transportFeedbackFormat,
        senderSsrc,
        mediaSsrc,
        information.length,
      );
      bytes.set(information, headerLength + feedback.informationStart);
      return bytes;
    }
  }
}
