/** Time as a port, so that everything above it can run in virtual time. */
import { startTimer } from './timer.ts';

/** Milliseconds since the Unix epoch. */
export type Milliseconds = number;

export interface Clock {
  now(): Milliseconds;
  /** Calls `run` once after `delay` ms, never if that is Infinity; the returned function cancels it. */
  schedule(delay: Milliseconds, run: () => void): () => void;
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  schedule: (delay, run) => startTimer(delay, run),
};

/**
 * The machine's clock for media: with fractions of a millisecond, and it does not jump when somebody sets the time, so that it drifts from
 * the time of day instead.
 */
export const steadyClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  schedule: systemClock.schedule,
};
