/**
 * When the packets of a transport arrived, for its transport-wide feedback. What was reported is kept for a moment: a packet that comes
 * late starts the next feedback, which then says again what is known of the packets after it.
 */
import { SequenceUnwrapper } from './sequence.ts';
import {
  maxDelta,
  maxStatuses,
  minDelta,
  ticksPerMillisecond,
  ticksPerReferenceTime,
  type TransportFeedback,
} from './transport-feedback.ts';

/** What a feedback holds at most, so that it fits into a datagram. */
const maxArrivals = 300;
const maxSpan = 2_000;
/** ms that reported arrivals are kept for late ones. */
const memory = 500;
const minCapacity = 128;
/** Numbers that are kept at most; a jump over more of them is a new beginning. A power of two. */
const maxRange = maxStatuses;
const missing = -1;

export class ArrivalRecorder {
  #sequence = new SequenceUnwrapper();
  /** Ticks of arrival, or `missing`, each at its number modulo the length, which is a power of two. */
  #ticks = new Float64Array(minCapacity);
  /** Numbers from `#oldest` on, up to but without `#end`, are kept; those from `#begin` on are not reported. */
  #oldest = 0;
  #begin = 0;
  #end = 0;
  #feedbackCount = 0;

  /** How many numbers the next feedbacks will say something about; 0 when there is nothing to say. */
  get unreported(): number {
    return this.#end - this.#begin;
  }

  /**
   * @param transportSequence 16 bits; a second packet with the same number is ignored
   * @param now ms
   */
  record(transportSequence: number, now: number): void {
    const highest = this.#sequence.highest ?? Infinity;
    let sequence = this.#sequence.unwrap(transportSequence);
    if (Math.abs(sequence - highest) >= maxRange) {
      this.#sequence = new SequenceUnwrapper();
      sequence = this.#sequence.unwrap(transportSequence);
      this.#startAt(sequence);
    }
    if (sequence < this.#oldest) return;
    const isNew = sequence >= this.#end;
    if (isNew) this.#extend(sequence, now);
    const at = sequence & (this.#ticks.length - 1);
    if (!isNew && this.#ticks[at] !== missing) return;
    this.#ticks[at] = Math.round(now * ticksPerMillisecond);
    if (sequence < this.#begin) this.#begin = sequence;
  }

  /** The next feedback, undefined when everything was reported. One may not hold all: ask until there is none. */
  take(now: number): TransportFeedback | undefined {
    if (this.#begin === this.#end) return undefined;
    const baseSequence = this.#begin;
    let sequence = baseSequence;
    const arrivals: (number | undefined)[] = [];
    for (; this.#at(sequence) === missing; sequence++) arrivals.push(undefined);
    // The first difference is then one of the small ones, which are never negative.
    const reference = Math.floor(this.#at(sequence) / ticksPerReferenceTime);
    const start = reference * ticksPerReferenceTime;
    const end = Math.min(this.#end, sequence + maxSpan);
    let last = start;
    for (let arrived = 0; sequence < end && arrived < maxArrivals; sequence++) {
      const ticks = this.#at(sequence);
      if (ticks === missing) {
        arrivals.push(undefined);
        continue;
      }
      const delta = ticks - last;
      if (delta > maxDelta || delta < minDelta) break;
      arrivals.push(ticks - start);
      last = ticks;
      arrived++;
    }
    this.#begin = sequence;
    this.#forget(now);
    const feedbackCount = this.#feedbackCount;
    this.#feedbackCount = (feedbackCount + 1) & 0xff;
    return {
      baseSequenceNumber: baseSequence & 0xffff,
      referenceTime: reference % 0x100_0000,
      feedbackCount,
      arrivals,
    };
  }

  #at(sequence: number): number {
    return this.#ticks[sequence & (this.#ticks.length - 1)] ?? missing;
  }

  #startAt(sequence: number): void {
    this.#ticks.fill(missing);
    this.#begin = this.#end = sequence;
    // The first to arrive need not be the first that was sent.
    this.#oldest = sequence - minCapacity / 2;
  }

  /** Makes room up to `sequence`; the numbers before it are missing until they come. */
  #extend(sequence: number, now: number): void {
    if (sequence - this.#oldest >= this.#ticks.length) {
      this.#forget(now);
      this.#grow(sequence);
    }
    for (let number = this.#end; number < sequence; number++)
      this.#ticks[number & (this.#ticks.length - 1)] = missing;
    this.#end = sequence + 1;
  }

  #grow(sequence: number): void {
    let capacity = this.#ticks.length;
    while (sequence - this.#oldest >= capacity && capacity < maxRange) capacity *= 2;
    if (capacity > this.#ticks.length) {
      const ticks = new Float64Array(capacity);
      for (let number = this.#oldest; number < this.#end; number++)
        ticks[number & (capacity - 1)] = this.#at(number);
      this.#ticks = ticks;
    }
    this.#oldest = Math.max(this.#oldest, sequence - capacity + 1);
    this.#begin = Math.max(this.#begin, this.#oldest);
    this.#end = Math.max(this.#end, this.#oldest);
  }

  /** Lets go of what was reported and is older than the memory, and of the losses before it. */
  #forget(now: number): void {
    const limit = (now - memory) * ticksPerMillisecond;
    for (let number = this.#oldest; number < this.#begin; number++) {
      const ticks = this.#at(number);
      if (ticks > limit) break;
      if (ticks !== missing) this.#oldest = number + 1;
    }
  }
}
