/**
 * Packets of Opus that sound like nothing, for time in which nothing was sent: decoders that look at no timestamps keep the time as well.
 * CELT, fullband, mono, whose range coder says "silence" in its first bit (RFC 6716, 3.1 and 4.3).
 */

export interface SilentPacket {
  data: Uint8Array;
  /** ms */
  duration: number;
}

/** ms and configuration of one frame. */
const sizes: readonly (readonly [duration: number, configuration: number])[] = [
  [20, 31],
  [10, 30],
  [5, 29],
  [2.5, 28],
];
const [frame, mostFrames] = [20, 6];

/** @param duration ms; what is left below 2.5 ms is left out */
export function* silenceFor(duration: number): Iterable<SilentPacket> {
  let left = duration;
  while (left >= 2 * frame) {
    const frames = Math.min(mostFrames, Math.floor(left / frame));
    yield { data: packetOf(31, frames), duration: frames * frame };
    left -= frames * frame;
  }
  for (const [length, configuration] of sizes) {
    for (; left >= length; left -= length) yield { data: packetOf(configuration, 1), duration: length };
  }
}

/** Code 0 for one frame, code 3 for several of the same size (3.2.2, 3.2.5). */
function packetOf(configuration: number, frames: number): Uint8Array {
  const toc = (configuration << 3) | (frames === 1 ? 0 : 3);
  const head = frames === 1 ? [toc] : [toc, frames];
  return Uint8Array.from([...head, ...Array.from({ length: frames }, () => [0xff, 0xfe]).flat()]);
}
