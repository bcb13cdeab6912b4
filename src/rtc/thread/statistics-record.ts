/**
 * The figures of one source in memory that both threads see: whoever asks gets what there is, and nobody waits. A figure that is not known is no
 * number.
 */
import { codecNames, type MediaKind } from '../../rtp/parameters.ts';
import type { SourceStatistics } from '../../rtp/receive/types.ts';
import type { SentStatistics } from '../../rtp/send/types.ts';

const receivedFigures = 19;
const sentFigures = 8;

export function newReceivedRecord(): SharedArrayBuffer {
  const record = new SharedArrayBuffer(receivedFigures * Float64Array.BYTES_PER_ELEMENT);
  new Float64Array(record).fill(NaN, 11);
  return record;
}

export function writeReceived(record: Float64Array, from: SourceStatistics): void {
  const { senderReport } = from;
  record[0] = from.packets;
  record[1] = from.bytes;
  record[2] = from.lost;
  record[3] = from.recovered;
  record[4] = from.duplicates;
  record[5] = from.discarded;
  record[6] = from.jitter;
  record[7] = from.frames;
  record[8] = from.keyFrames;
  record[9] = from.nacksSent;
  record[10] = from.plisSent;
  record[11] = from.codec === undefined ? NaN : codecNames.indexOf(from.codec);
  record[12] = from.width ?? NaN;
  record[13] = from.height ?? NaN;
  record[14] = from.lastArrival ?? NaN;
  record[15] = senderReport?.ntp.seconds ?? NaN;
  record[16] = senderReport?.ntp.fraction ?? NaN;
  record[17] = senderReport?.rtpTimestamp ?? NaN;
  record[18] = senderReport?.arrival ?? NaN;
}

export function readReceived(record: Float64Array, ssrc: number, kind: MediaKind): SourceStatistics {
  const at = (index: number): number => record[index] ?? NaN;
  const codec = known(at(11));
  const arrival = known(at(18));
  return {
    ssrc,
    kind,
    packets: at(0),
    bytes: at(1),
    lost: at(2),
    recovered: at(3),
    duplicates: at(4),
    discarded: at(5),
    jitter: at(6),
    frames: at(7),
    keyFrames: at(8),
    nacksSent: at(9),
    plisSent: at(10),
    codec: codec === undefined ? undefined : codecNames[codec],
    width: known(at(12)),
    height: known(at(13)),
    lastArrival: known(at(14)),
    senderReport:
      arrival === undefined
        ? undefined
        : { ntp: { seconds: at(15), fraction: at(16) }, rtpTimestamp: at(17), arrival },
  };
}

export function newSentRecord(): SharedArrayBuffer {
  const record = new SharedArrayBuffer((sentFigures + 1) * Float64Array.BYTES_PER_ELEMENT);
  new Float64Array(record).fill(NaN, 5, sentFigures);
  return record;
}

/** @param rtx number of its next retransmission */
export function writeSent(record: Float64Array, from: SentStatistics, rtx: number): void {
  record[0] = from.packets;
  record[1] = from.bytes;
  record[2] = from.retransmitted;
  record[3] = from.nacks;
  record[4] = from.keyFrameRequests;
  record[5] = from.roundTripTime ?? NaN;
  record[6] = from.fractionLost ?? NaN;
  record[7] = from.lost ?? NaN;
  record[sentFigures] = rtx;
}

export function readSent(record: Float64Array): SentStatistics {
  const at = (index: number): number => record[index] ?? NaN;
  return {
    packets: at(0),
    bytes: at(1),
    retransmitted: at(2),
    nacks: at(3),
    keyFrameRequests: at(4),
    roundTripTime: known(at(5)),
    fractionLost: known(at(6)),
    lost: known(at(7)),
  };
}

/** 0 before the first is known */
export function nextRetransmission(record: Float64Array): number {
  return record[sentFigures] ?? 0;
}

function known(figure: number): number | undefined {
  return Number.isNaN(figure) ? undefined : figure;
}
