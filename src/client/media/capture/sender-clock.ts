/**
 * The clock of one participant as their sender reports tell it (RFC 3550, 6.4.1), against ours. All their sources share it, so that sound and
 * picture stay in step.
 */
import type { NtpTime } from '../../../rtp/rtcp.ts';
import { LeastDelay } from './least-delay.ts';

/** ms that a report may be off from those before it: clocks are set now and then, and some reports are nonsense. */
const tolerance = 2_000;
/** So many in a row that agree with each other are believed, when for so many ms none was as before. */
const [believed, patience] = [3, 10_000];

export class SenderClock {
  readonly #delay = new LeastDelay();
  /** Times count from here: nothing depends on what day it is there, nor on the era (RFC 5905, 6). */
  #reference: NtpTime | undefined;
  #strangers = 0;
  #strangeOffset = 0;
  #believedAt = -Infinity;
  #generation = 0;

  /** Goes up when the clock was set: what was known before by its times is void. */
  get generation(): number {
    return this.#generation;
  }

  /** ms from a time of theirs to ours; undefined before the first report. */
  get offset(): number | undefined {
    return this.#delay.offset;
  }

  /** @returns the time of a report, ms of their clock; undefined for one that is not believed */
  reported(ntp: NtpTime, arrival: number): number | undefined {
    // "Unknown" (RFC 3550, 6.4.1).
    if (ntp.seconds === 0 && ntp.fraction === 0) return undefined;
    this.#reference ??= ntp;
    const time = timeBetween(this.#reference, ntp);
    const offset = arrival - time;
    if (Math.abs(offset - (this.offset ?? offset)) > tolerance && !this.#believes(offset, arrival))
      return undefined;
    this.#strangers = 0;
    this.#believedAt = arrival;
    this.#delay.add(time, arrival);
    return time;
  }

  /** Something of a known time came. */
  arrived(time: number, arrival: number): void {
    this.#delay.add(time, arrival);
  }

  #believes(offset: number, arrival: number): boolean {
    if (Math.abs(offset - this.#strangeOffset) > tolerance) this.#strangers = 0;
    if (this.#strangers === 0) this.#strangeOffset = offset;
    this.#strangers += 1;
    if (this.#strangers < believed || arrival - this.#believedAt < patience) return false;
    this.#delay.restart();
    this.#generation += 1;
    return true;
  }
}

/** ms; seconds wrap. */
function timeBetween(from: NtpTime, to: NtpTime): number {
  return ((to.seconds - from.seconds) | 0) * 1_000 + ((to.fraction - from.fraction) * 1_000) / 2 ** 32;
}
