/**
 * A clip that is spoken once from its beginning to its end. Each packet has the time at which it was due, also where the machine was late with it,
 * so that the beginning alone says where all of them belong.
 */
import type { Clock } from '../../base/clock.ts';
import type { LocalFrame } from '../../client/media/track-types.ts';
import type { Clip } from '../../media/clips/clip.ts';
import { ClipFrames } from '../../media/clips/clip-frames.ts';
import { FramePlayer } from '../../media/pacing/frame-player.ts';
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
  /** Called before its first packet is sent. @param start ms since the epoch, of that packet */
  began(start: number): void;
  ended(speech: Speech): void;
}

export class Voice implements Speaker {
  readonly #track: VoiceTrack;
  readonly #clip: Clip;
  readonly #clock: Clock;
  readonly #events: VoiceEvents;
  #start = 0;
  /** Frames that were due. */
  #due = 0;
  #packets = 0;
  /** While it speaks. */
  #player: FramePlayer | undefined;

  constructor(track: VoiceTrack, clip: Clip, clock: Clock, events: VoiceEvents) {
    this.#track = track;
    this.#clip = clip;
    this.#clock = clock;
    this.#events = events;
  }

  /** From the beginning. */
  start(ended: () => void): void {
    this.stop();
    [this.#due, this.#packets] = [0, 0];
    this.#player = new FramePlayer(new ClipFrames(this.#clip, 1), {
      clock: this.#clock,
      mostLate: Infinity,
      send: (_, frame) => {
        if (this.#due === 0) this.#begin(frame.timestamp);
        this.#due += 1;
        if (this.#track.send(frame)) this.#packets += 1;
      },
      ended: () => {
        this.stop();
        ended();
      },
    });
    this.#player.start();
  }

  stop(): void {
    if (!this.#player) return;
    this.#player.stop();
    this.#player = undefined;
    if (this.#due === 0) return;
    const { duration, frames } = this.#clip;
    const end = this.#start + (frames[this.#due]?.at ?? duration);
    this.#events.ended({ start: this.#start, end, packets: this.#packets });
  }

  /** Telling takes its time, which is none of the packets'. */
  #begin(start: number): void {
    this.#start = start;
    this.#events.began(start);
  }
}
