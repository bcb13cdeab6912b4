/**
 * Where the library writes to: what follows on what was there is collected, and goes to the sink in one piece. The library's own target for
 * streams keeps a section a write and makes a chunk and a promise of each frame, which is most of what recording costs.
 */
import type { Target } from 'mediabunny';
import type { WebmLayout } from './webm-layout.ts';

/** Where the bytes go, at their positions. */
export interface ByteSink {
  /** @param written is called when the data is not needed any more: until then it does not change */
  write(data: Uint8Array, position: number, written?: () => void): void;
}

export interface SinkTarget {
  target: Target;
  /** Shows the layout what is new. */
  look(): void;
  /** All that was written is the sink's. */
  drain(): void;
}

/** Bytes, to begin with, and of what is kept: what one picture needed is not kept for good. */
const [firstSize, largestKept] = [8 * 1024, 256 * 1024];

/** @param layout sees what is new with each flush, before the sink has it */
export function createSinkTarget(
  library: typeof import('mediabunny'),
  layout: WebmLayout | undefined,
  sink: ByteSink,
): SinkTarget {
  let bytes: Uint8Array = new Uint8Array(firstSize);
  /** One is filled while the other is written: a new one each second is work for the garbage collector. */
  let spare: Uint8Array | undefined;
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
    const [full, used] = [bytes, length];
    bytes = spare ?? new Uint8Array(firstSize);
    spare = undefined;
    sink.write(full.subarray(0, used), begin, () => {
      if (full.length <= Math.max(largestKept, 4 * used)) spare = full;
    });
    begin += length;
    length = seen = 0;
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
