/**
 * A clip that is spoken once from its beginning to its end. Each packet has the time at which it was due, also where the machine was late with it,
 * so that the beginning alone says where all of them belong.
 */
import type { Clock } from '../../base/clock.ts';
import type { LocalFrame } from '../../client/media/track-types.ts';
import type { Clip } from '../../media/clips/clip.ts';
import { localFrame } from '../../media/pacing/frame-player.ts';
import type { Speaker } from './turns.ts';

/** What was said, as it is over. Times are ms since the epoch, on the clock of the frames. */
export interface Speech {
  start: number;
  /** Of the last packet's end. */
  end: number;
  /** That were sent: fewer than the clip has when it was cut short, or the bridge was away. */
  packets: number;
}

/** As much of a local track as it takes. */
export interface VoiceTrack {
  send(frame: LocalFrame): boolean;
}

export interface VoiceEvents {
  /** @param start ms since the epoch */
  began(start: number): void;
  ended(speech: Speech): void;
}

export class Voice implements Speaker {
  readonly #track: VoiceTrack;
  readonly #clip: Clip;
  readonly #clock: Clock;
  readonly #events: VoiceEvents;
  #start = 0;
  /** Index of the frame that is next. */
  #next = 0;
  #packets = 0;
  #isSpeaking = false;
  #cancel: () => void = () => {};

  constructor(track: VoiceTrack, clip: Clip, clock: Clock, events: VoiceEvents) {
    this.#track = track;
    this.#clip = clip;
    this.#clock = clock;
    this.#events = events;
  }

  /** From the beginning. */
  start(ended: () => void): void {
    this.stop();
    this.#start = this.#clock.now();
    [this.#next, this.#packets, this.#isSpeaking] = [0, 0, true];
    this.#events.began(this.#start);
    this.#schedule(ended);
  }

  stop(): void {
    if (!this.#isSpeaking) return;
    this.#isSpeaking = false;
    this.#cancel();
    const end = this.#start + this.#dueAt(this.#next);
    this.#events.ended({ start: this.#start, end, packets: this.#packets });
  }

  #schedule(ended: () => void): void {
    const due = this.#start + this.#dueAt(this.#next);
    this.#cancel = this.#clock.schedule(Math.max(0, due - this.#clock.now()), () => this.#run(ended));
  }

  #run(ended: () => void): void {
    const { frames } = this.#clip;
    const now = this.#clock.now() - this.#start;
    for (let frame = frames[this.#next]; frame && frame.at <= now; frame = frames[this.#next]) {
      if (this.#track.send(localFrame(frame, this.#start + frame.at))) this.#packets += 1;
      this.#next += 1;
    }
    if (this.#next < frames.length || now < this.#clip.duration) return this.#schedule(ended);
    this.stop();
    ended();
  }

  /** ms from the beginning */
  #dueAt(index: number): number {
    return this.#clip.frames[index]?.at ?? this.#clip.duration;
  }
}
