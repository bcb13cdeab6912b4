/**
 * A film that is read a little ahead; where nothing is there in time, it waits.
 *
 * A film that may jump goes on at its next key frame when somebody needs one; any other, as it is, and whoever came waits for that: sound and picture
 * stay together, and nothing is skipped.
 */
import type { DueFrame, FrameSource } from '../pacing/frame-player.ts';
import type { FilmFrame, FilmFrames } from './film-frames.ts';

export interface FilmQueueListener {
  /** There is something to be taken, or its end is known. */
  ready(): void;
  failed(error: unknown): void;
}

/** What is read ahead. */
const [mostFrames, mostBytes] = [64, 4 * 1024 * 1024];
/** Rounds that are looked through for a key frame: that in which it is wanted, and a whole one. */
const mostRounds = 2;

export class FilmQueue implements FrameSource {
  readonly #frames: Pick<FilmFrames, 'next'>;
  readonly #listener: FilmQueueListener;
  readonly #mayJump: boolean;
  #queue: FilmFrame[] = [];
  #size = 0;
  #isClosed = false;
  #isAllRead = false;
  /** Of the frame that was read last. */
  #round = 1;
  /** A key frame is wanted, since this round. */
  #wantedSince: number | undefined;
  #wake: (() => void) | undefined;

  /** Reads at once. @param mayJump it may go on at a later place: it is looped, and has no sound */
  constructor(frames: Pick<FilmFrames, 'next'>, listener: FilmQueueListener, mayJump: boolean) {
    this.#frames = frames;
    this.#listener = listener;
    this.#mayJump = mayJump;
    void this.#read();
  }

  get isOver(): boolean {
    return this.#isAllRead && this.#queue.length === 0;
  }

  next(): DueFrame | undefined {
    const [item, following] = this.#queue;
    // How long it lasts is known when the next is there.
    if (!item || (!following && !this.#isAllRead)) return undefined;
    this.#drop(1);
    const { at, frame, kind, round } = item;
    return { kind, frame, lasts: following ? following.at - at : frame.duration, round };
  }

  skipToKeyFrame(): void {
    if (!this.#mayJump) return;
    this.#wantedSince ??= this.#round;
    this.#jump();
  }

  close(): void {
    this.#isClosed = true;
    this.#drop(this.#queue.length);
  }

  /** Reads to the end, as far ahead as is kept. Never rejects. */
  async #read(): Promise<void> {
    try {
      for (let frame = await this.#frames.next(); frame; frame = await this.#frames.next()) {
        if (this.#isClosed) return;
        await this.#keep(frame);
        if (this.#isClosed) return;
      }
      this.#isAllRead = true;
      if (!this.#isClosed) this.#listener.ready();
    } catch (error) {
      if (!this.#isClosed) this.#listener.failed(error);
    }
  }

  async #keep(frame: FilmFrame): Promise<void> {
    this.#queue.push(frame);
    this.#size += frame.frame.data.length;
    this.#round = frame.round;
    this.#jump();
    if (this.#queue.length > 1) this.#listener.ready();
    if (this.#queue.length < mostFrames && this.#size < mostBytes) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  /** To the key frame that is wanted, if it is read already; what is before it is skipped. */
  #jump(): void {
    if (this.#wantedSince === undefined) return;
    const since = this.#wantedSince;
    const index = this.#queue.findIndex(
      // Where there is none, it goes on as it is.
      ({ frame: { keyFrame }, round }) => keyFrame || round >= since + mostRounds,
    );
    this.#drop(index < 0 ? this.#queue.length : index);
    if (index >= 0) this.#wantedSince = undefined;
  }

  #drop(count: number): void {
    for (const { frame } of this.#queue.splice(0, count)) this.#size -= frame.data.length;
    this.#wake?.();
  }
}
