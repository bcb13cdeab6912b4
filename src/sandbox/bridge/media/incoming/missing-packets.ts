/** Which packets of a source are to be asked for again (jitsi-videobridge `RetransmissionRequester.kt`). */
import type { Milliseconds } from '../../../../base/clock.ts';

/** More than this are not asked for. */
const maxMissing = 100;
const maxRequests = 10;
/** A packet may have been overtaken. */
const patience: Milliseconds = 10;
const assumedRoundTrip: Milliseconds = 100;
const minRetry: Milliseconds = 30;

interface Missing {
  requests: number;
  requested: Milliseconds;
  next: Milliseconds;
}

export class MissingPackets {
  /** Packets that came after they were asked for; and those that were given up. */
  recovered = 0;
  abandoned = 0;
  readonly #missing = new Map<number, Missing>();
  #highest: number | undefined;
  #roundTrip = assumedRoundTrip;
  #earliest = Number.POSITIVE_INFINITY;

  /** @param sequence unwrapped @returns `hopeless` when so much is missing that only a key frame helps */
  received(sequence: number, now: Milliseconds): 'hopeless' | undefined {
    const highest = this.#highest;
    if (highest !== undefined && sequence <= highest) {
      this.#found(sequence, now);
      return undefined;
    }
    this.#highest = sequence;
    const gap = highest === undefined ? 0 : sequence - highest - 1;
    if (highest === undefined || gap === 0) return undefined;
    if (this.#missing.size + gap > maxMissing) {
      this.abandoned += this.#missing.size + gap;
      this.#missing.clear();
      return 'hopeless';
    }
    const next = now + patience;
    for (let number = highest + 1; number < sequence; number++) {
      this.#missing.set(number, { requests: 0, requested: 0, next });
    }
    this.#earliest = Math.min(this.#earliest, next);
    return undefined;
  }

  /** What to ask for now, unwrapped. It counts as asked for. */
  due(now: Milliseconds): number[] {
    if (this.#missing.size === 0 || now < this.#earliest) return [];
    const due: number[] = [];
    this.#earliest = Number.POSITIVE_INFINITY;
    for (const [number, missing] of this.#missing) {
      if (missing.next <= now) {
        if (missing.requests === maxRequests) {
          this.#missing.delete(number);
          this.abandoned += 1;
          continue;
        }
        due.push(number);
        missing.requests += 1;
        missing.requested = now;
        // A second request before the first can have been answered would only add to the load.
        missing.next = now + Math.max(minRetry, this.#roundTrip * 1.5);
      }
      this.#earliest = Math.min(this.#earliest, missing.next);
    }
    return due;
  }

  #found(sequence: number, now: Milliseconds): void {
    const missing = this.#missing.get(sequence);
    if (!missing) return;
    this.#missing.delete(sequence);
    if (missing.requests > 0) this.recovered += 1;
    // With several requests nobody knows which of them was answered (Karn's algorithm).
    if (missing.requests === 1) this.#roundTrip += (now - missing.requested - this.#roundTrip) / 4;
  }
}
