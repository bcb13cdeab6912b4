/**
 * Packets that wait to be written, the small ones in one piece of memory. As they came, each with a buffer of its own that lives for a second, they
 * are most of what the garbage collector has to do while sound is recorded; of pictures there are fewer, and copying them costs more.
 */
export interface ContainerPacket {
  data: Uint8Array;
  /** ms since the file's begin */
  at: number;
  /** ms */
  duration: number;
  keyFrame: boolean;
}

/** Bytes, to begin with, and of a packet that is copied. */
const [firstSize, largestCopied] = [4096, 512];
/** Numbers of a packet: its length, time, duration, and whether it is a key frame. */
const width = 4;

export class PacketQueue {
  #bytes = new Uint8Array(firstSize);
  #size = 0;
  #numbers: number[] = [];
  /** Those that are not copied. */
  #large: Uint8Array[] = [];
  #largeSize = 0;

  /** Bytes. */
  get size(): number {
    return this.#size + this.#largeSize;
  }

  /** Its data must not change any more. */
  push({ at, data, duration, keyFrame }: ContainerPacket): void {
    this.#numbers.push(data.length, at, duration, keyFrame ? 1 : 0);
    if (data.length > largestCopied) {
      this.#large.push(data);
      this.#largeSize += data.length;
      return;
    }
    const end = this.#size + data.length;
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(end, 2 * this.#bytes.length));
      larger.set(this.#bytes.subarray(0, this.#size));
      this.#bytes = larger;
    }
    this.#bytes.set(data, this.#size);
    this.#size = end;
  }

  /** All of them: they are not in the queue any more. */
  take(): ContainerPacket[] {
    const [bytes, numbers] = [this.#bytes, this.#numbers];
    const large = this.#large.values();
    // As much will come again.
    if (this.#size > 0) this.#bytes = new Uint8Array(Math.max(firstSize, this.#size));
    this.#numbers = [];
    this.#large = [];
    this.#size = this.#largeSize = 0;
    const packets: ContainerPacket[] = [];
    for (let index = 0, start = 0; index < numbers.length; index += width) {
      const length = numbers[index] ?? 0;
      const isLarge = length > largestCopied;
      const end = isLarge ? start : start + length;
      packets.push({
        data: (isLarge && large.next().value) || bytes.subarray(start, end),
        at: numbers[index + 1] ?? 0,
        duration: numbers[index + 2] ?? 0,
        keyFrame: numbers[index + 3] === 1,
      });
      start = end;
    }
    return packets;
  }
}
