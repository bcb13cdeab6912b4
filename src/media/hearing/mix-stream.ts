/** Everybody as one sound, on one clock: who is in it follows the conference. */
import type { Clock } from '../../base/clock.ts';
import type { Conference } from '../../client/conference.ts';
import type { RemoteTrack } from '../../client/media/remote/remote-track.ts';
import { ClearFrames } from '../encryption/clear-frames.ts';
import type { PcmBlock } from '../sound/pcm-block.ts';
import { Mixer, type MixerOptions } from './mixer.ts';
import { PunctualTimer } from './punctual-timer.ts';
import { SoundStream, type SoundStreamOptions } from './sound-stream.ts';

export interface MixStreamOptions extends SoundStreamOptions, Pick<MixerOptions, 'delay' | 'limit'> {
  clock: Clock;
  /** Whether a track is to be heard; asked again when somebody comes, goes or changes. */
  isWanted(track: RemoteTrack): boolean;
}

/** As much of a conference as it takes. */
export type MixedConference = Pick<Conference, 'tracks' | 'on' | 'state'>;

/** Frames of a track that are not yet looked at: each is at once. */
const limit = 300;

/** Sound of all, to be read with `for await`. */
export class MixStream extends SoundStream {
  readonly #options: MixStreamOptions;
  readonly #mixer: Mixer<RemoteTrack>;
  readonly #timer: PunctualTimer;
  readonly #heard = new Map<RemoteTrack, ClearFrames>();
  readonly #encrypted = new Set<string>();
  readonly #offs: (() => void)[] = [];

  /** Made by `mix`, not by users. */
  constructor(conference: MixedConference, options: MixStreamOptions) {
    super(options);
    const { channels, clock, createDecoder, delay, limit: readersLimit } = options;
    const sampleRate = this.decodedRate;
    this.#options = options;
    this.#timer = new PunctualTimer(clock, () => this.serve());
    this.#mixer = new Mixer<RemoteTrack>(
      {
        sampleRate,
        channels,
        delay,
        limit: readersLimit,
        createDecoder: () => createDecoder({ sampleRate, channels }),
        failed: (error) => this.fail(error),
      },
      clock.now(),
    );
    this.begin();
    if (conference.state === 'ended') this.close();
    if (!this.isClosed) this.#follow(conference);
  }

  /** ms that it waits for what is on its way: as long as packets of those in it are late. */
  get delay(): number {
    return this.#mixer.delay;
  }

  /** ms that were left out because they were not read in time. */
  get dropped(): number {
    return this.#mixer.dropped;
  }

  /** Endpoint ids of those of whom something was left out because it is end-to-end encrypted; they stay when those have left, and when it has ended. */
  get encrypted(): readonly string[] {
    return [...this.#encrypted];
  }

  protected take(): PcmBlock | undefined {
    return this.#mixer.take(this.#options.clock.now());
  }

  protected wait(): void {
    this.#timer.at(this.#mixer.due);
  }

  protected rest(): void {
    this.#timer.cancel();
  }

  protected ended(): void {
    for (const off of this.#offs.splice(0)) off();
    this.#timer.cancel();
    for (const track of this.#heard.keys()) this.#leaveOut(track);
    this.#mixer.close();
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
    const frames = new ClearFrames(track, { limit }, () => this.#encrypted.add(track.endpointId));
    this.#heard.set(track, frames);
    void this.#read(track, frames);
  }

  async #read(track: RemoteTrack, frames: ClearFrames): Promise<void> {
    for await (const frame of frames) {
      if (this.#heard.get(track) !== frames) return;
      this.#mixer.push(track, frame, this.#options.clock.now());
    }
  }

  #leaveOut(track: RemoteTrack): void {
    const frames = this.#heard.get(track);
    this.#heard.delete(track);
    void frames?.return();
    this.#mixer.remove(track, this.#options.clock.now());
  }
}
