/**
 * Packets that wait to be written, in one piece of memory. As they came, each with a buffer of its own that lives for a second, they are most of
 * what the garbage collector has to do while sound is recorded.
 */
export interface ContainerPacket {
  data: Uint8Array;
  /** ms since the file's begin */
  at: number;
  /** ms */
  duration: number;
  keyFrame: boolean;
}

/** Bytes, to begin with. */
const firstSize = 4096;
/** Numbers of a packet: its length, time, duration, and whether it is a key frame. */
const width = 4;

export class PacketQueue {
  #bytes = new Uint8Array(firstSize);
  #size = 0;
  #numbers: number[] = [];

  /** Its data is copied. */
  push({ at, data, duration, keyFrame }: ContainerPacket): void {
    const end = this.#size + data.length;
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(end, 2 * this.#bytes.length));
      larger.set(this.#bytes.subarray(0, this.#size));
      this.#bytes = larger;
    }
    this.#bytes.set(data, this.#size);
    this.#size = end;
    this.#numbers.push(data.length, at, duration, keyFrame ? 1 : 0);
  }

  /** All of them: they are not in the queue any more. */
  take(): { packets: ContainerPacket[]; size: number } {
    const [bytes, numbers, size] = [this.#bytes, this.#numbers, this.#size];
    // As much will come again.
    this.#bytes = new Uint8Array(Math.max(firstSize, size));
    this.#numbers = [];
    this.#size = 0;
    const packets: ContainerPacket[] = [];
    for (let index = 0, start = 0; index < numbers.length; index += width) {
      const end = start + (numbers[index] ?? 0);
      packets.push({
        data: bytes.subarray(start, end),
        at: numbers[index + 1] ?? 0,
        duration: numbers[index + 2] ?? 0,
        keyFrame: numbers[index + 3] === 1,
      });
      start = end;
    }
    return { packets, size };
  }
}
