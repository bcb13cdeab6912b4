/** The frames of a clip, again and again or so often; whoever plays the same clip shares it. */
import type { DueFrame, FrameSource } from '../pacing/frame-player.ts';
import type { Clip } from './clip.ts';

export class ClipFrames implements FrameSource {
  readonly #clip: Clip;
  readonly #rounds: number;
  /** Index of the frame that is next. */
  #next = 0;
  #round = 1;

  constructor(clip: Clip, rounds: number = Infinity) {
    this.#clip = clip;
    this.#rounds = rounds;
  }

  get isOver(): boolean {
    return this.#round > this.#rounds;
  }

  next(): DueFrame | undefined {
    const { frames, kind } = this.#clip;
    const frame = frames[this.#next];
    if (!frame || this.isOver) return undefined;
    const round = this.#round;
    this.#goTo(this.#next + 1);
    return { kind, frame, lasts: frame.duration, round };
  }

  /** Behind the last one: to the first of the next round, which always is one. */
  skipToKeyFrame(): void {
    const { frames } = this.#clip;
    let index = this.#next;
    while (frames[index]?.keyFrame === false) index += 1;
    this.#goTo(index);
  }

  #goTo(index: number): void {
    const { length } = this.#clip.frames;
    if (index >= length) this.#round += 1;
    this.#next = index % length;
  }
}
