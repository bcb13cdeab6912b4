/**
 * Plays a clip in real time, again and again: hands out each frame when it is due. The times of frames go on over the clip's end and
 * over jumps to a key frame, as those of a camera would.
 */
import type { Clock } from '../base/clock.ts';
import type { Clip, ClipFrame } from './clip.ts';

export interface PlayedFrame extends Omit<ClipFrame, 'at'> {
  /** The clock's time at which it was due, ms. Never goes back. */
  time: number;
}

/** ms that the machine may be late; what it missed beyond that is not sent in a burst, time has passed without it */
const mostLate = 100;
/** ms: timers keep whole ones, and the next frame may as well come with this one */
const resolution = 1;

export class ClipPlayer {
  readonly #clip: Clip;
  readonly #clock: Clock;
  readonly #play: (frame: PlayedFrame) => void;
  /** Index of the frame that is next, and when. */
  #next = 0;
  #due = 0;
  #wantsKeyFrame = false;
  #isPlaying = false;
  #cancel: () => void = () => {};

  /** @param play called for each frame, not before `start()` has returned */
  constructor(clip: Clip, clock: Clock, play: (frame: PlayedFrame) => void) {
    this.#clip = clip;
    this.#clock = clock;
    this.#play = play;
  }

  get isPlaying(): boolean {
    return this.#isPlaying;
  }

  /** Begins, or goes on, with a key frame. */
  start(): void {
    if (this.#isPlaying) return;
    this.#isPlaying = true;
    this.#due = Math.max(this.#due, this.#clock.now());
    this.#wantsKeyFrame = true;
    this.#schedule();
  }

  /** Until the next `start()` nothing is handed out. */
  stop(): void {
    this.#isPlaying = false;
    this.#cancel();
  }

  /** A file cannot make key frames: the next frame will be the clip's next key frame, instead of the one whose turn it is. */
  requestKeyFrame(): void {
    this.#wantsKeyFrame = true;
  }

  #schedule(): void {
    this.#cancel();
    this.#cancel = this.#clock.schedule(Math.max(0, this.#due - this.#clock.now()), () => this.#run());
  }

  #run(): void {
    const now = this.#clock.now();
    this.#due = Math.max(this.#due, now - mostLate);
    // Whoever is called may stop it.
    while (this.#isPlaying && this.#due <= now + resolution) this.#playNext();
    if (this.#isPlaying) this.#schedule();
  }

  #playNext(): void {
    const { frames, duration } = this.#clip;
    if (this.#wantsKeyFrame) this.#next = this.#keyFrameFrom(this.#next);
    this.#wantsKeyFrame = false;
    const frame = frames[this.#next];
    if (!frame) return;
    const time = this.#due;
    this.#next = (this.#next + 1) % frames.length;
    const end = this.#next === 0 ? duration : (frames[this.#next]?.at ?? duration);
    this.#due += end - frame.at;
    const { at: _, ...rest } = frame;
    this.#play({ ...rest, time });
  }

  /** The first frame always is one. */
  #keyFrameFrom(start: number): number {
    const index = this.#clip.frames.findIndex((frame, index) => index >= start && frame.isKeyFrame);
    return Math.max(0, index);
  }
}
