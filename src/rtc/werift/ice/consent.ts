/**
 * Consent to be sent media (RFC 7675): checks go out every 4 to 6 s, each once; an answer to any of them is consent for 30 s from then
 * on, however late it comes.
 */
import type { Clock, Milliseconds } from '../../../base/clock.ts';
import { type RandomBytes, randomBetween } from '../../../base/random.ts';

/** RFC 7675, 5.1 */
const interval: Milliseconds = 5_000;
const [shortest, longest] = [0.8, 1.2];
export const consentLifetime: Milliseconds = 30_000;
/** Without an answer for so long the connection may be dead: two checks, with time for an answer. */
export const silenceLimit: Milliseconds = 12_000;

export interface ConsentPorts {
  clock: Clock;
  random: RandomBytes;
  /** Sends a new check, and calls `answered` when its answer comes. */
  check(answered: () => void): void;
  /** No answer has come for {@link silenceLimit}. */
  silent(): void;
  /** An answer has come after all. */
  back(): void;
  /** No answer has come for {@link consentLifetime}; the last call. */
  expired(): void;
}

export class Consent {
  readonly #ports: ConsentPorts;
  #isSilent = false;
  #isEnded = false;
  #cancelCheck: () => void = () => {};
  #cancelLimit: () => void = () => {};

  /** Begins with consent, as a check that succeeded is one. */
  constructor(ports: ConsentPorts) {
    this.#ports = ports;
    this.#given();
    this.#scheduleCheck();
  }

  stop(): void {
    this.#isEnded = true;
    this.#cancelCheck();
    this.#cancelLimit();
  }

  /** Counted from the last check, whether that was answered or not. */
  #scheduleCheck(): void {
    const { check, clock, random } = this.#ports;
    this.#cancelCheck = clock.schedule(interval * randomBetween(random, shortest, longest), () => {
      this.#scheduleCheck();
      check(() => this.#answered());
    });
  }

  #answered(): void {
    if (this.#isEnded) return;
    this.#given();
    if (!this.#isSilent) return;
    this.#isSilent = false;
    this.#ports.back();
  }

  #given(): void {
    const { clock, silent } = this.#ports;
    this.#cancelLimit();
    this.#cancelLimit = clock.schedule(silenceLimit, () => {
      this.#isSilent = true;
      this.#cancelLimit = clock.schedule(consentLifetime - silenceLimit, () => this.#expire());
      silent();
    });
  }

  /** Answers that have arrived while this process was busy are read first. */
  #expire(): void {
    this.#cancelLimit = this.#ports.clock.schedule(0, () => {
      this.stop();
      this.#ports.expired();
    });
  }
}
