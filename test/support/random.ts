/** Repeatable randomness. */
import type { RandomBytes } from '../../src/base/random.ts';

/** The same bytes for the same seed (mulberry32). */
export function seededRandom(seed: number): RandomBytes {
  let state = seed >>> 0;
  const nextByte = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 24;
  };
  return (size) => Uint8Array.from({ length: size }, nextByte);
}
