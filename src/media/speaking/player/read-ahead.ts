/** Reads a sound ahead of its time, a little: what is to be sent is there when it is due. */
import type { EncodedFrame } from '../../container/media.ts';
import type { Sound } from './sound.ts';

/** ms that are read ahead, and bytes of them */
const most = { time: 2_000, bytes: 512 * 1024 };
/** Packets in any case: files may have any that last no time. */
const mostPackets = 1_000;
/** ms that there are to be before it begins, or goes on after it ran dry */
const enough = 200;

export interface ReadAheadListener {
  /** There is enough to begin, or to go on. */
  ready(): void;
  /** All of it is read. */
  complete(): void;
  failed(error: unknown): void;
}

export class ReadAhead {
  readonly sound: Sound;
  readonly #listener: ReadAheadListener;
  readonly #frames: EncodedFrame[] = [];
  #time = 0;
  #bytes = 0;
  #isReading = false;
  #isClosed = false;
  #isDry = true;
  /** All is read; what is kept is the rest. */
  isComplete = false;

  constructor(sound: Sound, listener: ReadAheadListener) {
    this.sound = sound;
    this.#listener = listener;
  }

  /** There is enough to go on. */
  get isReady(): boolean {
    return !this.#isDry;
  }

  /** Begins to read, or goes on. */
  fill(): void {
    if (!this.#isReading && !this.isComplete && !this.#isClosed) void this.#fill();
  }

  /** The next frame, which stays. */
  peek(): EncodedFrame | undefined {
    return this.#frames[0];
  }

  take(): EncodedFrame | undefined {
    const frame = this.#frames.shift();
    if (frame) {
      this.#time -= frame.duration;
      this.#bytes -= frame.data.length;
    }
    if (this.#time < most.time / 2) this.fill();
    return frame;
  }

  /** It was wanted, and there was nothing. */
  ranDry(): void {
    this.#isDry = true;
    this.fill();
  }

  close(): void {
    this.#isClosed = true;
    this.#frames.length = 0;
    this.sound.close();
  }

  async #fill(): Promise<void> {
    this.#isReading = true;
    try {
      while (!this.#isClosed && !this.#isFull) {
        const frame = await this.sound.read();
        if (this.#isClosed) return;
        if (!frame) {
          this.isComplete = true;
          this.#getReady();
          this.#listener.complete();
          return;
        }
        this.#frames.push(frame);
        this.#time += frame.duration;
        this.#bytes += frame.data.length;
        if (this.#time >= enough || this.#isFull) this.#getReady();
      }
    } catch (error) {
      if (!this.#isClosed) this.#listener.failed(error);
    } finally {
      this.#isReading = false;
    }
  }

  get #isFull(): boolean {
    return this.#time >= most.time || this.#bytes >= most.bytes || this.#frames.length >= mostPackets;
  }

  #getReady(): void {
    if (!this.#isDry) return;
    this.#isDry = false;
    this.#listener.ready();
  }
}
