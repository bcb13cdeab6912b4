/** What came of one SSRC, for receiver reports (RFC 3550, 6.4.1, A.3, A.8). */
import type { Milliseconds } from '../../../../base/clock.ts';
import { middleOf } from '../../../../rtp/ntp.ts';
import type { ReportBlock, SenderReport } from '../../../../rtp/rtcp.ts';
import { SequenceUnwrapper } from '../../../../rtp/sequence.ts';
import type { SenderClock } from '../media-packet.ts';

/** A jump over more than this is no loss: the sender began anew. */
const maxGap = 3000;

export class Reception {
  readonly #unwrapper = new SequenceUnwrapper();
  #first: number | undefined;
  #received = 0;
  #receivedTotal = 0;
  #bytes = 0;
  #transit = 0;
  #jitter = 0;
  #reported = { expected: 0, received: 0, total: 0 };
  #senderReport: { compact: number; at: Milliseconds; clock: SenderClock } | undefined;

  get packets(): number {
    return this.#receivedTotal;
  }

  /** Of payload. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The highest sequence number, unwrapped. */
  get highest(): number | undefined {
    return this.#unwrapper.highest;
  }

  /** Returns the sequence number unwrapped. @param clockRate Hz */
  received(
    packet: { sequenceNumber: number; timestamp: number; payload: Uint8Array },
    clockRate: number,
    now: Milliseconds,
  ): number {
    const before = this.highest;
    const sequence = this.#unwrapper.unwrap(packet.sequenceNumber);
    this.#receivedTotal += 1;
    this.#bytes += packet.payload.length;
    const arrival = (now * clockRate) / 1000;
    if (this.#first === undefined || before === undefined || sequence - before > maxGap) {
      this.#first = sequence;
      this.#received = 0;
      this.#reported = { expected: 0, received: 0, total: this.#reported.total };
    } else {
      const transit = arrival - packet.timestamp;
      // The timestamp wraps, the arrival does not: the difference of both does.
      const difference = Math.abs((transit - this.#transit) % 2 ** 32);
      this.#jitter += (Math.min(difference, 2 ** 32 - difference) - this.#jitter) / 16;
    }
    this.#transit = arrival - packet.timestamp;
    this.#received += 1;
    return sequence;
  }

  /** By the last sender report. */
  get clock(): SenderClock | undefined {
    return this.#senderReport?.clock;
  }

  senderReport({ ntp, rtpTimestamp }: SenderReport, now: Milliseconds): void {
    this.#senderReport = { compact: middleOf(ntp), at: now, clock: { ntp, rtpTimestamp } };
  }

  /** What is to be reported; undefined when nothing has come since the last time. */
  report(ssrc: number, now: Milliseconds): ReportBlock | undefined {
    const highest = this.highest;
    if (highest === undefined || this.#receivedTotal === this.#reported.total) return undefined;
    const expected = highest - (this.#first ?? highest) + 1;
    const expectedNow = expected - this.#reported.expected;
    const lostNow = expectedNow - (this.#received - this.#reported.received);
    this.#reported = { expected, received: this.#received, total: this.#receivedTotal };
    const sent = this.#senderReport;
    return {
      ssrc,
      fractionLost:
        expectedNow <= 0 || lostNow <= 0 ? 0 : Math.min(255, Math.floor((lostNow * 256) / expectedNow)),
      cumulativeLost: Math.max(-0x80_0000, Math.min(0x7f_ffff, expected - this.#received)),
      highestSequence: highest >>> 0,
      jitter: Math.round(this.#jitter) >>> 0,
      lastSenderReport: sent?.compact ?? 0,
      delaySinceLastSenderReport: sent ? Math.round(((now - sent.at) * 65_536) / 1000) >>> 0 : 0,
    };
  }
}
