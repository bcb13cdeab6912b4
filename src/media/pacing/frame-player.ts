/** Sends frames when they are due, from wherever they come: a clip in memory, a film that is being read. */
import type { Clock } from '../../base/clock.ts';
import type { LocalFrame } from '../../client/media/track-types.ts';
import type { MediaKind } from '../../rtp/parameters.ts';
import type { EncodedFrame } from '../container/media.ts';
import { Pacer } from './pacer.ts';

/** A frame whose turn it is. */
export interface DueFrame {
  kind: MediaKind;
  frame: EncodedFrame;
  /** ms until the one after it is due. */
  lasts: number;
  /** From 1 on, of what is played again and again. */
  round: number;
}

export interface FrameSource {
  /** The one whose turn it is, which is taken; undefined: it is not there yet, or all are over. */
  next(): DueFrame | undefined;
  /** Nothing comes any more. */
  readonly isOver: boolean;
  /** The next one is to be a key frame, where the source may leave out what is before it. */
  skipToKeyFrame(): void;
}

export interface FramePlayerPorts {
  clock: Clock;
  /** ms, as of a {@link Pacer}. */
  mostLate?: number;
  send(kind: MediaKind, frame: LocalFrame): void;
  /** The first frame was sent, or the first of a further round. */
  roundBegan?(round: number): void;
  /** The last frame has been there for its time. */
  ended?(): void;
}

export class FramePlayer {
  readonly #source: FrameSource;
  readonly #ports: FramePlayerPorts;
  readonly #pacer: Pacer;
  #isStarted = false;
  #round = 0;

  /** Nothing is sent before `start()` has returned. */
  constructor(source: FrameSource, ports: FramePlayerPorts) {
    this.#source = source;
    this.#ports = ports;
    this.#pacer = new Pacer(ports.clock, (time) => this.#play(time), ports.mostLate);
  }

  /** Begins, or goes on after `stop`, with a key frame where it may; the times of its frames go on as well. */
  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#source.skipToKeyFrame();
    this.#pacer.start();
  }

  /** Until the next `start()` nothing is sent. */
  stop(): void {
    this.#isStarted = false;
    this.#pacer.stop();
  }

  /** The source has something again after it had nothing. */
  look(): void {
    if (this.#isStarted) this.#pacer.start();
  }

  /** Key frames that somebody needs cannot be made: the next one of the source comes at once, where it may. */
  requestKeyFrame(): void {
    this.#source.skipToKeyFrame();
  }

  /** @returns how long it lasts */
  #play(time: number): number | undefined {
    const due = this.#source.next();
    if (!due) {
      if (this.#source.isOver) this.#ports.ended?.();
      return undefined;
    }
    const { frame, kind, lasts, round } = due;
    this.#ports.send(kind, localFrame(frame, time));
    if (round !== this.#round) {
      this.#round = round;
      this.#ports.roundBegan?.(round);
    }
    return lasts;
  }
}

/** As tracks take it. @param timestamp ms of the clock */
export function localFrame({ audioLevel, data, keyFrame }: EncodedFrame, timestamp: number): LocalFrame {
  return { data, timestamp, keyFrame, ...(audioLevel && { audioLevel }) };
}
