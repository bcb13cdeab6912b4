/** Everybody as one sound, on one clock: who is in it follows the conference. */
import type { Clock } from '../../base/clock.ts';
import { onAbort } from '../../base/on-abort.ts';
import { type Resolvers, withResolvers } from '../../base/resolvers.ts';
import type { MessageStream } from '../../client/bridge/events.ts';
import type { Conference } from '../../client/conference.ts';
import type { RemoteTrack } from '../../client/media/remote-track.ts';
import type { RemoteFrame } from '../../client/media/track-types.ts';
import { ClearFrames } from '../encryption/clear-frames.ts';
import type { PcmBlock } from '../sound/pcm-block.ts';
import { Mixer, type MixerOptions } from './mixer.ts';
import { PunctualTimer } from './punctual-timer.ts';

export interface MixStreamOptions extends Omit<MixerOptions, 'failed'> {
  clock: Clock;
  signal?: AbortSignal | undefined;
  /** Whether a track is to be heard; asked again when somebody comes, goes or changes. */
  isWanted(track: RemoteTrack): boolean;
}

/** As much of a conference as it takes. */
export type MixedConference = Pick<Conference, 'tracks' | 'on' | 'state'>;

type Result = IteratorResult<PcmBlock, undefined>;

/** Frames of a track that are not yet looked at: each is at once. */
const limit = 300;

/** Sound to be read with `for await`. */
export class MixStream implements AsyncIterableIterator<PcmBlock>, AsyncDisposable {
  readonly #options: MixStreamOptions;
  readonly #mixer: Mixer<RemoteTrack>;
  readonly #waiting: Resolvers<Result>[] = [];
  readonly #timer: PunctualTimer;
  readonly #heard = new Map<RemoteTrack, MessageStream<RemoteFrame>>();
  readonly #offs: (() => void)[] = [];
  #failure: { error: unknown } | undefined;
  #isClosed = false;

  /** Made by `mix`, not by users. */
  constructor(conference: MixedConference, options: MixStreamOptions) {
    const { clock, signal } = options;
    this.#options = options;
    this.#timer = new PunctualTimer(clock, () => this.#serve());
    const failed = (error: unknown): void => {
      this.#failure = { error };
      this.close();
    };
    this.#mixer = new Mixer<RemoteTrack>({ ...options, failed }, clock.now());
    this.#offs.push(onAbort(signal, () => this.close()));
    if (conference.state === 'ended') this.close();
    if (!this.#isClosed) this.#follow(conference);
  }

  /** ms that it waits for what is on its way: as long as packets of those in it are late. */
  get delay(): number {
    return this.#mixer.delay;
  }

  /** ms that were left out because they were not read in time. */
  get dropped(): number {
    return this.#mixer.dropped;
  }

  /** Rejects when there is no decoder. */
  next(): Promise<Result> {
    if (this.#failure) {
      const { error } = this.#failure;
      this.#failure = undefined;
      return Promise.reject(error);
    }
    if (this.#isClosed) return Promise.resolve(done);
    const waiting = withResolvers<Result>();
    this.#waiting.push(waiting);
    this.#serve();
    return waiting.promise;
  }

  return(): Promise<Result> {
    this.close();
    return Promise.resolve(done);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Ends it at once. May be called twice. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const off of this.#offs.splice(0)) off();
    this.#timer.cancel();
    for (const track of this.#heard.keys()) this.#leaveOut(track);
    this.#mixer.close();
    const [first, ...others] = this.#waiting.splice(0);
    if (first && this.#failure) {
      first.reject(this.#failure.error);
      this.#failure = undefined;
    } else first?.resolve(done);
    for (const { resolve } of others) resolve(done);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  #serve(): void {
    while (this.#waiting.length > 0 && !this.#isClosed) {
      const block = this.#mixer.take(this.#options.clock.now());
      if (!block) return this.#timer.at(this.#mixer.due);
      this.#waiting.shift()?.resolve({ value: block, done: false });
    }
    return this.#timer.cancel();
  }

  #follow(conference: MixedConference): void {
    const look = (): void => {
      for (const track of conference.tracks.values()) this.#look(track);
    };
    this.#offs.push(
      conference.on('trackAdded', ({ track }) => this.#look(track)),
      conference.on('trackRemoved', ({ track }) => this.#leaveOut(track)),
      conference.on('participantJoined', look),
      conference.on('participantChanged', ({ changed }) => {
        if (changed.includes('displayName')) look();
      }),
      conference.on('participantLeft', look),
      conference.on('ended', () => this.close()),
    );
    look();
  }

  #look(track: RemoteTrack): void {
    if (track.kind !== 'audio') return;
    const isWanted = this.#options.isWanted(track);
    if (isWanted === this.#heard.has(track)) return;
    if (!isWanted) return this.#leaveOut(track);
    const frames = new ClearFrames(track, { limit });
    this.#heard.set(track, frames);
    void this.#read(track, frames);
  }

  async #read(track: RemoteTrack, frames: MessageStream<RemoteFrame>): Promise<void> {
    for await (const frame of frames) {
      if (this.#heard.get(track) !== frames) return;
      this.#mixer.push(track, frame, this.#options.clock.now());
    }
  }

  #leaveOut(track: RemoteTrack): void {
    const frames = this.#heard.get(track);
    this.#heard.delete(track);
    void frames?.return?.();
    this.#mixer.remove(track);
  }
}

const done: IteratorReturnResult<undefined> = { value: undefined, done: true };
