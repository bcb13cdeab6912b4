/** Sender and receiver reports (RFC 3550, 6.4). Profile-specific extensions after the blocks are ignored. */
import { readUint24, readUint32, writeUint24, writeUint32 } from '../bytes.ts';
import type { ReceiverReport, ReportBlock, SenderReport } from '../rtcp.ts';
import { headerLength, maxCount, payloadTypes, rtcpPacket } from './bytes.ts';

const blockLength = 24;
const senderInfoLength = 20;

export function parseSenderReport(body: Uint8Array, count: number): SenderReport | undefined {
  const reports = parseBlocks(body, 4 + senderInfoLength, count);
  return (
    reports && {
      type: 'sender-report',
      ssrc: readUint32(body, 0),
      ntp: { seconds: readUint32(body, 4), fraction: readUint32(body, 8) },
      rtpTimestamp: readUint32(body, 12),
      packets: readUint32(body, 16),
      octets: readUint32(body, 20),
      reports,
    }
  );
}

export function buildSenderReport(report: SenderReport): Uint8Array {
  const bytes = withBlocks(payloadTypes.senderReport, 4 + senderInfoLength, report.reports);
  writeUint32(bytes, 4, report.ssrc);
  writeUint32(bytes, 8, report.ntp.seconds);
  writeUint32(bytes, 12, report.ntp.fraction);
  writeUint32(bytes, 16, report.rtpTimestamp);
  writeUint32(bytes, 20, report.packets);
  writeUint32(bytes, 24, report.octets);
  return bytes;
}

export function parseReceiverReport(body: Uint8Array, count: number): ReceiverReport | undefined {
  const reports = parseBlocks(body, 4, count);
  return reports && { type: 'receiver-report', ssrc: readUint32(body, 0), reports };
}

/** Bytes of the packet. */
export function reportLength({ reports }: ReceiverReport): number {
  return headerLength + 4 + Math.min(reports.length, maxCount) * blockLength;
}

export function buildReceiverReport({ ssrc, reports }: ReceiverReport): Uint8Array {
  const bytes = withBlocks(payloadTypes.receiverReport, 4, reports);
  writeUint32(bytes, 4, ssrc);
  return bytes;
}

function parseBlocks(body: Uint8Array, start: number, count: number): ReportBlock[] | undefined {
  if (start + count * blockLength > body.length) return undefined;
  const blocks: ReportBlock[] = [];
  for (let index = 0; index < count; index++) {
    const at = start + index * blockLength;
    blocks.push({
      ssrc: readUint32(body, at),
      fractionLost: body[at + 4] ?? 0,
      cumulativeLost: (readUint24(body, at + 5) << 8) >> 8,
      highestSequence: readUint32(body, at + 8),
      jitter: readUint32(body, at + 12),
      lastSenderReport: readUint32(body, at + 16),
      delaySinceLastSenderReport: readUint32(body, at + 20),
    });
  }
  return blocks;
}

/** A packet whose body has the blocks from `start` on. */
function withBlocks(type: number, start: number, reports: readonly ReportBlock[]): Uint8Array {
  const count = Math.min(reports.length, maxCount);
  const bytes = rtcpPacket(type, count, start + count * blockLength);
  let at = headerLength + start;
  for (const block of reports.slice(0, count)) {
    writeUint32(bytes, at, block.ssrc);
    bytes[at + 4] = block.fractionLost;
    writeUint24(bytes, at + 5, block.cumulativeLost);
    writeUint32(bytes, at + 8, block.highestSequence);
    writeUint32(bytes, at + 12, block.jitter);
    writeUint32(bytes, at + 16, block.lastSenderReport);
    writeUint32(bytes, at + 20, block.delaySinceLastSenderReport);
    at += blockLength;
  }
  return bytes;
}
