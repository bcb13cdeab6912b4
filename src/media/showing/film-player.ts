/**
 * Sends a film at its own pace, or as it comes. A little is read ahead; where nothing is there in time, the film waits.
 *
 * A key frame that somebody needs cannot be made. A film without sound that is no stream goes on at its next key frame at once; one with sound, or a
 * stream, goes on as it is, and whoever came waits for its next key frame: sound and picture stay together, and nothing is skipped.
 */
import type { Clock } from '../../base/clock.ts';
import { defined } from '../../base/defined.ts';
import type { LocalFrame } from '../../client/media/track-types.ts';
import type { MediaKind } from '../../rtp/parameters.ts';
import { guessedLevel } from '../container/audio-levels.ts';
import { Pacer } from '../pacing/pacer.ts';
import type { FilmFrame, FilmFrames } from './film-frames.ts';

export interface FilmPlayerPorts {
  clock: Clock;
  send(kind: MediaKind, frame: LocalFrame): void;
  /** The first frame, and the first of each further round. */
  roundBegan(round: number): void;
  /** The last frame has been shown for its time, or it cannot go on. */
  ended(failure?: { error: unknown }): void;
}

export interface FilmPlayerOptions {
  /** As it comes: nothing is kept, and what is not wanted is lost. */
  live: boolean;
  /** It may go on at a later place when somebody needs a key frame. */
  mayJump: boolean;
}

/** What is read ahead. */
const [mostFrames, mostBytes] = [64, 4 * 1024 * 1024];
/** ms by which a live stream's own clock may differ from when its frames come */
const mostApart = 500;

export class FilmPlayer {
  readonly #frames: Pick<FilmFrames, 'next'>;
  readonly #ports: FilmPlayerPorts;
  readonly #options: FilmPlayerOptions;
  readonly #pacer: Pacer;
  #queue: FilmFrame[] = [];
  #size = 0;
  #isStarted = false;
  #isStopped = false;
  #isAllRead = false;
  #wantsKeyFrame = false;
  #round = 0;
  #wake: (() => void) | undefined;
  /** Live: from the stream's clock to ours, and when the frame before was sent. */
  #shift: number | undefined;
  #lastTime = -Infinity;

  constructor(frames: Pick<FilmFrames, 'next'>, ports: FilmPlayerPorts, options: FilmPlayerOptions) {
    this.#frames = frames;
    this.#ports = ports;
    this.#options = options;
    this.#pacer = new Pacer(ports.clock, (time) => this.#play(time));
    void this.#read();
  }

  /** From now on what is due is sent: somebody can see it. */
  start(): void {
    this.#isStarted = true;
    this.#goOn();
  }

  stop(): void {
    this.#isStopped = true;
    this.#pacer.stop();
    this.#queue = [];
    this.#wake?.();
  }

  requestKeyFrame(): void {
    if (this.#options.mayJump) this.#wantsKeyFrame = true;
  }

  /** Reads to the end, as far ahead as is kept. Never rejects. */
  async #read(): Promise<void> {
    try {
      for (;;) {
        const frame = await this.#frames.next();
        if (this.#isStopped) return;
        if (!frame) break;
        if (this.#options.live) this.#pass(frame);
        else await this.#keep(frame);
        if (this.#isStopped) return;
      }
      this.#isAllRead = true;
      if (this.#options.live) this.#end();
      else this.#goOn();
    } catch (error) {
      if (!this.#isStopped) this.#end({ error });
    }
  }

  async #keep(frame: FilmFrame): Promise<void> {
    this.#queue.push(frame);
    this.#size += frame.frame.data.length;
    this.#goOn();
    if (this.#queue.length < mostFrames && this.#size < mostBytes) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  #goOn(): void {
    const canPlay = this.#queue.length > 1 || this.#isAllRead;
    if (this.#isStarted && !this.#isStopped && canPlay && !this.#pacer.isRunning) this.#pacer.start();
  }

  /** @returns how long the frame lasts; undefined: there is none yet */
  #play(time: number): number | undefined {
    if (this.#wantsKeyFrame) this.#jump();
    const [item, following] = this.#queue;
    if (!item) {
      if (this.#isAllRead) this.#end();
      return undefined;
    }
    // How long it lasts is known when the next is there.
    if (!following && !this.#isAllRead) return undefined;
    this.#queue.shift();
    this.#size -= item.frame.data.length;
    this.#wake?.();
    this.#send(item, time);
    return following ? following.at - item.at : item.frame.duration;
  }

  /** To the next key frame that is read already; where there is none, what is there is skipped. */
  #jump(): void {
    const index = this.#queue.findIndex(({ frame: { keyFrame }, kind }) => kind === 'video' && keyFrame);
    const skipped = this.#queue.splice(0, index < 0 ? this.#queue.length : index);
    for (const { frame } of skipped) this.#size -= frame.data.length;
    if (skipped.length > 0) this.#wake?.();
    this.#wantsKeyFrame = index < 0;
  }

  #pass(item: FilmFrame): void {
    const now = this.#ports.clock.now();
    this.#shift ??= now - item.at;
    if (Math.abs(item.at + this.#shift - now) > mostApart) this.#shift = now - item.at;
    this.#lastTime = Math.max(this.#lastTime, item.at + this.#shift);
    this.#send(item, this.#lastTime);
  }

  #send({ frame, kind, round }: FilmFrame, timestamp: number): void {
    const { data, keyFrame } = frame;
    const audioLevel = kind === 'audio' ? (frame.audioLevel ?? guessedLevel(data)) : undefined;
    this.#ports.send(kind, defined({ data, timestamp, keyFrame, audioLevel }));
    if (round === this.#round) return;
    this.#round = round;
    this.#ports.roundBegan(round);
  }

  #end(failure?: { error: unknown }): void {
    this.stop();
    this.#ports.ended(failure);
  }
}
