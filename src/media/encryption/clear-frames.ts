/** Frames of a track that anybody can read: what is end-to-end encrypted is left out, as a decoder would make noise of it. */
import type { MessageStream } from '../../client/bridge/events.ts';
import type { RemoteTrack } from '../../client/media/remote/remote-track.ts';
import type { ReadOptions, RemoteFrame } from '../../client/media/track-types.ts';
import { EncryptedFrames, saysEncrypted } from './encrypted-frames.ts';

/** As much of a track as it takes. */
export type ReadTrack = Pick<RemoteTrack, 'participant' | 'frames'>;

type Result = IteratorResult<RemoteFrame, undefined>;

export class ClearFrames implements MessageStream<RemoteFrame> {
  readonly #track: ReadTrack;
  readonly #frames: MessageStream<RemoteFrame>;
  readonly #encrypted: () => void;
  readonly #looks = new EncryptedFrames();
  /** At most two, of which the next will tell what they are. */
  #unsure: RemoteFrame[] = [];
  #clear: RemoteFrame[] = [];
  #hasTold = false;

  /** @param encrypted is called once, when something is left out */
  constructor(track: ReadTrack, options: ReadOptions = {}, encrypted: () => void = () => {}) {
    this.#track = track;
    this.#frames = track.frames(options);
    this.#encrypted = encrypted;
  }

  /** Something was left out. */
  get encrypted(): boolean {
    return this.#hasTold;
  }

  get dropped(): number {
    return this.#frames.dropped;
  }

  async next(): Promise<Result> {
    for (;;) {
      const clear = this.#clear.shift();
      if (clear) return { value: clear, done: false };
      const { done, value } = await this.#frames.next();
      // What is still unsure nobody will ever know.
      if (done === true) return { value: undefined, done: true };
      this.#take(value);
    }
  }

  async return(): Promise<Result> {
    this.#unsure = [];
    this.#clear = [];
    await this.#frames.return?.();
    return { value: undefined, done: true };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #take(frame: RemoteFrame): void {
    const verdict = saysEncrypted(this.#track.participant) ? 'encrypted' : this.#looks.look(frame.data);
    if (verdict === 'unsure') {
      this.#unsure.push(frame);
      return;
    }
    const before = this.#unsure;
    this.#unsure = [];
    if (verdict === 'clear') this.#clear.push(...before, frame);
    else if (!this.#hasTold) {
      this.#hasTold = true;
      this.#encrypted();
    }
  }
}
