/**
 * Where the library writes to: what follows on what was there is collected, and goes to the sink in one piece. The library's own target for
 * streams keeps a section a write and makes a chunk and a promise of each frame, which is most of what recording costs.
 */
import type { Target } from 'mediabunny';
import type { WebmLayout } from './webm-layout.ts';

/** Where the bytes go, at their positions. */
export interface ByteSink {
  write(data: Uint8Array, position: number): void;
}

export interface SinkTarget {
  target: Target;
  /** Shows the layout what is new. */
  look(): void;
  /** All that was written is the sink's. */
  drain(): void;
}

/** Bytes, to begin with. */
const firstSize = 16 * 1024;

/** @param layout sees what is new with each flush, before the sink has it */
export function createSinkTarget(
  library: typeof import('mediabunny'),
  layout: WebmLayout | undefined,
  sink: ByteSink,
): SinkTarget {
  let bytes = new Uint8Array(firstSize);
  /** Of what is collected: where it belongs, how much it is, and how much of it the layout has seen. */
  let [begin, length, seen] = [0, 0, 0];

  const reserve = (size: number): void => {
    if (size <= bytes.length) return;
    const larger = new Uint8Array(Math.max(size, 2 * bytes.length));
    larger.set(bytes.subarray(0, length));
    bytes = larger;
  };
  const look = (): void => {
    if (length > seen) layout?.see(bytes.subarray(seen, length), begin + seen);
    seen = length;
  };
  const drain = (): void => {
    look();
    if (length === 0) return;
    sink.write(bytes.slice(0, length), begin);
    begin += length;
    length = seen = 0;
    // What one picture needed is not kept for good.
    if (bytes.length > 16 * firstSize) bytes = new Uint8Array(firstSize);
  };
  const write = (data: Uint8Array, position: number): void => {
    const over = Math.min(data.length, Math.max(0, begin - position));
    if (over > 0) sink.write(data.slice(0, over), position);
    if (over === data.length) return;
    const at = position + over - begin;
    const end = at + data.length - over;
    reserve(end);
    // A hole is zeros.
    if (at > length) bytes.fill(0, length, at);
    bytes.set(over === 0 ? data : data.subarray(over), at);
    length = Math.max(length, end);
  };

  // What this release of the library asks of a target, besides what it promises.
  class Collected extends (library.Target as unknown as new () => Target) {
    _start(): void {}

    _write(data: Uint8Array, position: number): void {
      write(data, position);
    }

    async _flush(): Promise<void> {
      look();
    }

    async _finalize(): Promise<void> {
      drain();
    }

    async _close(): Promise<void> {}
  }
  return { target: new Collected(), look, drain };
}
