/**
 * When what one source sends was captured, by our clock: its RTP timestamps by its participant's clock, as sender reports tie the two; before
 * there is a report, by when packets come. It never goes back, is never later than the arrival, and what turns out to be wrong is put right
 * little by little.
 */
import type { SenderReportTimes } from '../../../rtp/receive/types.ts';
import { LeastDelay } from './least-delay.ts';
import type { SenderClock } from './sender-clock.ts';

/** ms; further away from its arrival nothing was captured: the sender's timestamps have jumped. */
const jump = 10_000;
/** ms that a report moves timestamps at once, for the sender paused; less is noise, and a part of it is believed. */
const pause = 100;
/** Reports whose noise is averaged. */
const averaged = 4;
/** ms that nothing came while the timestamps went on without: the sender paused, as far as one knows without reports. */
const silentPause = 250;
/** Of the time that has passed, how much may be corrected. */
const slew = 0.05;

/** What the timestamps are at the sender: `time = ticks / rate + offset`. */
interface Mapping {
  offset: number;
  reports: number;
  generation: number;
}

export class CaptureClock {
  readonly #sender: SenderClock;
  /** By arrivals alone. */
  readonly #arrivals = new LeastDelay();
  #mapping: Mapping | undefined;
  /** A report before the first packet. */
  #early: SenderReportTimes | undefined;
  /** The last, and the Hz that it counts. */
  #timestamp: number | undefined;
  #clockRate = 0;
  /** Timestamps that do not wrap, ms since the first. */
  #media = 0;
  #arrival = 0;
  #time = -Infinity;
  /** The timestamp before this one, and its time: its frame may be complete only now. */
  #previous: { timestamp: number; time: number } | undefined;
  /** The next time may be any later one. */
  #mayJump = true;

  /** @param sender of all sources of the participant */
  constructor(sender: SenderClock) {
    this.#sender = sender;
  }

  /** Of its SSRC. */
  reported(report: SenderReportTimes): void {
    if (this.#timestamp === undefined) {
      this.#early = report;
      return;
    }
    const media = this.#mediaOf(report.rtpTimestamp);
    const passed = report.arrival - this.#arrival;
    // Its own clock goes on between packets, or stands still.
    if (Math.abs(media - this.#media) > jump && Math.abs(media - this.#media - passed) > jump) return;
    const time = this.#sender.reported(report.ntp, report.arrival);
    if (time !== undefined) this.#map(time - media);
  }

  /**
   * @param timestamp 32 bits; that of the last call, of the one before it, or another one
   * @param clockRate Hz
   * @param arrival ms of our clock
   * @returns ms of our clock
   */
  timeOf(timestamp: number, clockRate: number, arrival: number): number {
    if (timestamp === this.#timestamp) return this.#time;
    if (timestamp === this.#previous?.timestamp) return this.#previous.time;
    this.#clockRate = clockRate;
    const advance = this.#timestamp === undefined ? 0 : this.#mediaOf(timestamp) - this.#media;
    if (this.#timestamp !== undefined) this.#previous = { timestamp: this.#timestamp, time: this.#time };
    const isStill = arrival - this.#arrival - advance > silentPause;
    this.#timestamp = timestamp;
    this.#media += advance;
    this.#arrival = arrival;
    const early = this.#early;
    this.#early = undefined;
    if (early) this.reported(early);
    const target = this.#target(arrival, isStill);
    this.#time = Math.max(this.#time, Math.min(arrival, this.#slewed(target, advance)));
    return this.#time;
  }

  /** Timestamps of another SSRC, or of another session, from here on. */
  restart(): void {
    this.#timestamp = undefined;
    this.#previous = undefined;
    this.#early = undefined;
    this.#forget();
  }

  #forget(): void {
    this.#mapping = undefined;
    this.#arrivals.restart();
    this.#mayJump = true;
  }

  #target(arrival: number, isStill: boolean): number {
    const byReports = this.#byReports(arrival);
    if (byReports !== undefined) return byReports;
    const { offset } = this.#arrivals;
    const hasJumped = offset !== undefined && Math.abs(arrival - this.#media - offset) > jump;
    if (isStill || hasJumped) this.#forget();
    this.#arrivals.add(this.#media, arrival);
    return this.#media + (this.#arrivals.offset ?? 0);
  }

  #byReports(arrival: number): number | undefined {
    const mapping = this.#mapping;
    if (mapping?.generation !== this.#sender.generation) return undefined;
    const time = this.#media + mapping.offset;
    const before = this.#sender.offset ?? 0;
    // The clock was set, or the timestamps were: the next reports will tell.
    if (Math.abs(arrival - time - before) > jump) {
      this.#forget();
      return undefined;
    }
    // One that is quicker than all reports, and not by so much that it must be the timestamps.
    if (arrival - time > before - pause) this.#sender.arrived(time, arrival);
    return time + (this.#sender.offset ?? before);
  }

  #slewed(target: number, advance: number): number {
    const expected = this.#time + advance;
    const error = target - expected;
    const canJump = this.#mayJump && error > 0;
    this.#mayJump = false;
    if (canJump || !Number.isFinite(error)) return target;
    const most = Math.abs(advance) * slew;
    return expected + Math.max(-most, Math.min(most, error));
  }

  #map(offset: number): void {
    const { generation } = this.#sender;
    const before = this.#mapping;
    const step = before?.generation === generation ? offset - before.offset : Infinity;
    if (!before || Math.abs(step) > pause) {
      this.#mayJump ||= before !== undefined;
      this.#mapping = { offset, reports: 1, generation };
      return;
    }
    before.reports = Math.min(before.reports + 1, averaged);
    before.offset += step / before.reports;
  }

  /** ms since the first timestamp; the difference is a signed number. */
  #mediaOf(timestamp: number): number {
    return this.#media + (((timestamp - (this.#timestamp ?? timestamp)) | 0) * 1_000) / this.#clockRate;
  }
}
