/**
 * When a socket is not read for a while, so that no server can keep the program's own timers from running, or fill its memory with
 * answers that it does not take. What is not read waits at the server (TCP).
 */
import type { Clock, Milliseconds } from '../base/clock.ts';
import type { TextSocket } from './websocket.ts';

/** Of one turn of the event loop, for what is read in it. */
const share: Milliseconds = 20;
/** Bytes that the server has not taken from us. */
export const answersLimit: number = 1024 * 1024;

export class ReadingPace {
  readonly #clock: Clock;
  readonly #socket: Pick<TextSocket, 'bufferedAmount' | 'pause' | 'resume'>;
  /** When the first frame of this turn came. */
  #turn: Milliseconds | undefined;
  #isTired = false;
  #isFull = false;
  #isHeld = false;

  constructor(clock: Clock, socket: Pick<TextSocket, 'bufferedAmount' | 'pause' | 'resume'>) {
    this.#clock = clock;
    this.#socket = socket;
  }

  /** Around the handling of each frame. */
  frame(handle: () => void): void {
    this.#turn ??= this.#begin();
    handle();
    if (!this.#isTired && this.#clock.now() - this.#turn >= share) {
      this.#isTired = true;
      this.#socket.pause();
    }
  }

  /** Something was sent. */
  sent(): void {
    if (this.#isFull || this.#socket.bufferedAmount < answersLimit) return;
    this.#isFull = true;
    this.#socket.pause();
  }

  /** What was sent has left. */
  drained(): void {
    this.#isFull = false;
    this.#resume();
  }

  /** Whoever takes what is read wants no more for now. */
  hold(): void {
    this.#isHeld = true;
    this.#socket.pause();
  }

  release(): void {
    this.#isHeld = false;
    this.#resume();
  }

  #begin(): Milliseconds {
    // After what is to be read, before timers are due again.
    setImmediate(() => {
      this.#turn = undefined;
      this.#isTired = false;
      this.#resume();
    });
    return this.#clock.now();
  }

  #resume(): void {
    if (!this.#isTired && !this.#isFull && !this.#isHeld) this.#socket.resume();
  }
}
