/** One sound of a player, from when it is opened until it is over: its packets when they are due. */
import type { Clock } from '../../../base/clock.ts';
import { JitsiError } from '../../../base/errors.ts';
import { onAbort } from '../../../base/on-abort.ts';
import type { LocalFrame } from '../../../client/media/track-types.ts';
import type { EncodedFrame } from '../../container/media.ts';
import { Pacer } from '../../pacing/pacer.ts';
import { ReadAhead } from './read-ahead.ts';
import type { Sound } from './sound.ts';
import { VolumeChanger } from './volume-changer.ts';

/** ms between two packets that are a pause, in which nothing is sent */
const shortestPause = 5;
/** ms: a pause in a file that is longer is no pause */
const longestPause = 60 * 60 * 1000;

export interface PlayingPorts {
  clock: Clock;
  /** Opens it, from `start` ms on. */
  open(start: number, signal: AbortSignal): Promise<Sound>;
  /** Somebody gets what is sent. */
  canSend(): boolean;
  send(frame: LocalFrame): void;
  volume(): number;
  bitrate: number | undefined;
  /** Its first frame is sent. */
  started(): void;
  /** All of it is read. */
  complete(): void;
  /** It is over. */
  ended(error?: unknown): void;
  underrun(): void;
}

export class Playing {
  readonly #ports: PlayingPorts;
  readonly #pacer: Pacer;
  #ahead: ReadAhead | undefined;
  #opening = new AbortController();
  #changer: VolumeChanger | undefined;
  /** It is loaded. */
  #isPreparing = false;
  /** It is waited for. */
  #isChanging = false;
  #isWanted = false;
  /** A frame of it was sent. */
  hasStarted = false;
  #isOver = false;
  #position = 0;

  constructor(ports: PlayingPorts, start = 0) {
    this.#ports = ports;
    this.#pacer = new Pacer(ports.clock, (time) => this.#next(time));
    this.#open(start);
  }

  /** ms that were sent, of its whole length */
  get position(): number {
    return this.#position;
  }

  get duration(): number | undefined {
    return this.#ahead?.sound.duration;
  }

  /** All of it is read. */
  get isComplete(): boolean {
    return this.#ahead?.isComplete === true;
  }

  /** It is sent from now on, as soon as it can. */
  play(): void {
    this.#isWanted = true;
    this.#go();
  }

  pause(): void {
    this.#isWanted = false;
    this.#pacer.stop();
  }

  /** Somebody may get it who could not. */
  look(): void {
    this.#go();
  }

  /** From another place on. */
  seek(position: number): void {
    this.#pacer.stop();
    this.#ahead?.close();
    this.#ahead = undefined;
    this.#opening.abort();
    this.#open(position);
  }

  /** Nothing more of it is sent, and nobody hears of it. */
  close(): void {
    this.#isOver = true;
    this.#pacer.stop();
    this.#opening.abort();
    this.#ahead?.close();
    this.#changer?.close();
  }

  #open(start: number): void {
    const opening = new AbortController();
    this.#opening = opening;
    this.#position = start;
    this.#ports.open(start, opening.signal).then(
      (sound) => {
        if (this.#isOver || opening.signal.aborted) return sound.close();
        return this.#begin(sound, opening.signal);
      },
      (error: unknown) => {
        if (!opening.signal.aborted) this.#end(error);
      },
    );
  }

  #begin(sound: Sound, signal: AbortSignal): void {
    if (sound.isLive) {
      void this.#relay(sound, signal);
      return;
    }
    this.#ahead = new ReadAhead(sound, {
      ready: () => this.#go(),
      complete: () => this.#ports.complete(),
      failed: (error) => this.#end(error),
    });
    this.#prepareVolume(sound.channels);
    this.#ahead.fill();
  }

  #go(): void {
    const ahead = this.#ahead;
    if (!ahead?.isReady || !this.#isWanted || this.#isOver || !this.#ports.canSend()) return;
    if (!this.#isChanging) this.#pacer.start();
  }

  /** @returns how long what is due lasts; undefined: it waits, or is over */
  #next(time: number): number | undefined {
    const ahead = this.#ahead;
    if (!ahead || !this.#ports.canSend()) return undefined;
    const frame = ahead.peek();
    if (!frame) {
      if (ahead.isComplete) this.#end();
      else {
        const silence = (ahead.sound.readUntil ?? 0) - this.#position;
        if (silence > 0 && this.hasStarted) {
          this.#position += silence;
          return silence;
        }
        ahead.ranDry();
        this.#ports.underrun();
      }
      return undefined;
    }
    const pause = frame.at - this.#position;
    if (pause > shortestPause && pause <= longestPause && this.hasStarted) {
      this.#position = frame.at;
      return pause;
    }
    ahead.take();
    this.#position = frame.at + frame.duration;
    this.#send(frame, time);
    return frame.duration;
  }

  #send({ audioLevel, data }: EncodedFrame, time: number): void {
    const volume = this.#ports.volume();
    if (volume !== 1 && !this.#changer) this.#prepareVolume(this.#ahead?.sound.channels ?? 2);
    if (volume === 0) this.#started();
    else if (volume === 1 || !this.#changer) {
      this.#ports.send({ data, timestamp: time, ...(audioLevel && { audioLevel }) });
      this.#started();
    } else this.#sendChanged(data, time, volume, this.#changer);
  }

  #sendChanged(data: Uint8Array, time: number, volume: number, changer: VolumeChanger): void {
    try {
      for (const frame of changer.change(data, time, volume)) this.#ports.send(frame);
      this.#started();
    } catch (error) {
      // A damaged packet is silence.
      if (!(error instanceof JitsiError)) throw error;
    }
  }

  #started(): void {
    if (this.hasStarted) return;
    this.hasStarted = true;
    this.#ports.started();
  }

  /** It is loaded in its own time; before the first frame it is waited for. */
  #prepareVolume(channels: 1 | 2): void {
    if (this.#ports.volume() === 1 || this.#changer || this.#isPreparing) return;
    this.#isPreparing = true;
    this.#isChanging = !this.hasStarted;
    VolumeChanger.create(channels, this.#ports.bitrate).then(
      (changer) => {
        if (this.#isOver) return changer.close();
        this.#changer = changer;
        this.#isChanging = false;
        return this.#go();
      },
      (error: unknown) => this.#end(error),
    );
  }

  /** What comes at its own pace is not kept: paused or without anybody who gets it, it is gone. */
  async #relay(sound: Sound, signal: AbortSignal): Promise<void> {
    const { clock } = this.#ports;
    const off = onAbort(signal, () => sound.close());
    let offset: number | undefined;
    try {
      for (let frame = await sound.read(); frame && !this.#isOver; frame = await sound.read()) {
        if (signal.aborted) return;
        offset ??= clock.now() - frame.at;
        this.#position = frame.at + frame.duration;
        this.#prepareVolume(sound.channels);
        if (this.#isWanted && this.#ports.canSend() && !this.#isChanging)
          this.#send(frame, offset + frame.at);
      }
      if (!signal.aborted) this.#end();
    } catch (error) {
      if (!signal.aborted) this.#end(error);
    } finally {
      off();
      sound.close();
    }
  }

  #end(error?: unknown): void {
    if (this.#isOver) return;
    this.close();
    this.#ports.ended(error);
  }
}
