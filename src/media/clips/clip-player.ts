/**
 * Plays a clip in real time, again and again: hands out each frame when it is due. The times of frames go on over the clip's end and
 * over jumps to a key frame, as those of a camera would.
 */
import type { Clock } from '../../base/clock.ts';
import type { Clip, ClipFrame } from './clip.ts';
import { Pacer } from '../pacing/pacer.ts';

export interface PlayedFrame extends Omit<ClipFrame, 'at'> {
  /** The clock's time at which it was due, ms. Never goes back. */
  time: number;
}

export class ClipPlayer {
  readonly #clip: Clip;
  readonly #pacer: Pacer;
  readonly #play: (frame: PlayedFrame) => void;
  /** Index of the frame that is next. */
  #next = 0;
  #wantsKeyFrame = false;

  /** @param play called for each frame, not before `start()` has returned */
  constructor(clip: Clip, clock: Clock, play: (frame: PlayedFrame) => void) {
    this.#clip = clip;
    this.#pacer = new Pacer(clock, (time) => this.#playNext(time));
    this.#play = play;
  }

  get isPlaying(): boolean {
    return this.#pacer.isRunning;
  }

  /** Begins, or goes on, with a key frame. */
  start(): void {
    if (this.isPlaying) return;
    this.#wantsKeyFrame = true;
    this.#pacer.start();
  }

  /** Until the next `start()` nothing is handed out. */
  stop(): void {
    this.#pacer.stop();
  }

  /** A file cannot make key frames: the next frame will be the clip's next key frame, instead of the one whose turn it is. */
  requestKeyFrame(): void {
    this.#wantsKeyFrame = true;
  }

  /** @returns how long it lasts */
  #playNext(time: number): number | undefined {
    const { frames, duration } = this.#clip;
    if (this.#wantsKeyFrame) this.#next = this.#keyFrameFrom(this.#next);
    this.#wantsKeyFrame = false;
    const frame = frames[this.#next];
    if (!frame) return undefined;
    this.#next = (this.#next + 1) % frames.length;
    const end = this.#next === 0 ? duration : (frames[this.#next]?.at ?? duration);
    const { at, ...rest } = frame;
    this.#play({ ...rest, time });
    return end - at;
  }

  /** The first frame always is one. */
  #keyFrameFrom(start: number): number {
    const index = this.#clip.frames.findIndex((frame, index) => index >= start && frame.isKeyFrame);
    return Math.max(0, index);
  }
}
