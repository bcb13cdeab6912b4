/** What a receiver report says about a source (RFC 3550, 6.4.1, A.1, A.3, A.8): of its own packets, not of retransmissions. */
import { middleOf } from '../ntp.ts';
import type { ReportBlock, SenderReport } from '../rtcp.ts';
import type { SenderReportTimes } from './types.ts';

const maxLost = 0x7fffff;
const minLost = -0x800000;
/** s; a larger step is no jitter, but another beginning. */
const maxStep = 5;

export class Reception {
  #base = 0;
  #highest = -1;
  /** Of the numbering before a jump. */
  #expectedBefore = 0;
  #received = 0;
  #reportedExpected = 0;
  #reportedReceived = 0;
  /** Units of the codec's clock. */
  #jitter = 0;
  #clockRate = 0;
  #timestamp = 0;
  #arrival = 0;
  #senderReport: SenderReportTimes | undefined;

  /** How many packets the source has sent since its first that we know of. */
  get expected(): number {
    return this.#expectedBefore + this.#highest - this.#base + 1;
  }

  get highest(): number {
    return this.#highest;
  }

  /** s */
  get jitter(): number {
    return this.#clockRate === 0 ? 0 : this.#jitter / this.#clockRate;
  }

  get senderReport(): SenderReportTimes | undefined {
    return this.#senderReport;
  }

  /** The numbers begin anew, and are not compared with those before. */
  startAt(sequence: number): void {
    if (this.#highest >= this.#base) this.#expectedBefore = this.expected;
    this.#base = sequence;
    this.#highest = sequence - 1;
    this.#clockRate = 0;
  }

  /** The lowest number that counts. */
  get base(): number {
    return this.#base;
  }

  /** The source has sent this one, whichever way it came. */
  sent(sequence: number): void {
    if (sequence > this.#highest) this.#highest = sequence;
    if (sequence < this.#base) this.#base = sequence;
  }

  /** One of its own came, for the first time. */
  arrived(): void {
    this.#received++;
  }

  /** When it came, if no later one has come before it. */
  timed(timestamp: number, clockRate: number, now: number): void {
    // The packets of a frame have one timestamp, and are sent one after the other: that is no jitter.
    if (timestamp === this.#timestamp && this.#clockRate !== 0) return;
    if (this.#clockRate === clockRate) {
      const step = ((now - this.#arrival) * clockRate) / 1000 - ((timestamp - this.#timestamp) | 0);
      if (Math.abs(step) < maxStep * clockRate) this.#jitter += (Math.abs(step) - this.#jitter) / 16;
    }
    this.#clockRate = clockRate;
    this.#timestamp = timestamp;
    this.#arrival = now;
  }

  senderReported({ ntp, rtpTimestamp }: SenderReport, now: number): void {
    this.#senderReport = { ntp, rtpTimestamp, arrival: now };
  }

  /** The block of a report that is sent now, which ends the interval that its fraction is about. */
  report(ssrc: number, now: number): ReportBlock {
    const { expected } = this;
    const expectedNow = expected - this.#reportedExpected;
    const lostNow = expectedNow - (this.#received - this.#reportedReceived);
    this.#reportedExpected = expected;
    this.#reportedReceived = this.#received;
    const last = this.#senderReport;
    return {
      ssrc,
      fractionLost:
        expectedNow <= 0 || lostNow <= 0 ? 0 : Math.min(255, Math.floor((lostNow * 256) / expectedNow)),
      cumulativeLost: Math.max(minLost, Math.min(maxLost, expected - this.#received)),
      highestSequence: this.#highest >>> 0,
      jitter: Math.floor(this.#jitter),
      lastSenderReport: last ? middleOf(last.ntp) : 0,
      delaySinceLastSenderReport: last ? Math.round(((now - last.arrival) * 0x10000) / 1000) >>> 0 : 0,
    };
  }
}
