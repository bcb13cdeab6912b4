/**
 * Speech as a synthesiser makes it, piece by piece, spoken at once in one conference or several.
 *
 * It waits while nobody could hear it: before it is attached, without a media session, while its track is muted. What is queued stays, and
 * `write` holds back who makes more. When its last conference has ended, or was detached, what is queued is gone, and what is
 * written then, too.
 */
import { steadyClock } from '../../base/clock.ts';
import { defined } from '../../base/defined.ts';
import type { Emitter, EventNames } from '../../base/emitter.ts';
import { type JitsiError, UsageError } from '../../base/errors.ts';
import { waitFor } from '../../base/wait-for.ts';
import { checkOptions, signalKinds } from '../../client/check-arguments.ts';
import type { LocalTrack } from '../../client/media/local/local-track.ts';
import { TypedEmitter, warningEmitter } from '../../client/typed-emitter.ts';
import { Pacer } from '../pacing/pacer.ts';
import { createResampler } from '../sound/resampler.ts';
import { type AudioConference, AudioTracks } from './audio-tracks.ts';
import { PushedSamples, type Samples } from './pushed-samples.ts';
import { RoomWaiters } from './room-waiters.ts';
import { createSampleEncoder, type SampleEncoder, silentFrames } from './sample-encoder.ts';
import { checkSpeakerOptions, type SpeakerOptions } from './speaker-options.ts';
import { opusRateFor } from '../opus/options.ts';
import { SpokenFrames } from './spoken-frames.ts';
import { warmUp } from './warm-up.ts';

export interface SpeakerEvents {
  /** It is heard from now on, after silence; `timestamp` is that of the first frame, ms of its clock. */
  started: { timestamp: number };
  /** The last frame of what was written is sent; or, if it `isCleared`, some of it never will be. */
  drained: { isCleared: boolean };
  /** A listener of yours threw, or its promise rejected. */
  warning: { error: JitsiError };
}

export const speakerEventNames: EventNames<SpeakerEvents> = { started: true, drained: true, warning: true };

/** ms */
const frameLength = 20;
/** Samples that are kept, of all channels: ten minutes at 48 kHz. */
const mostQueued = 600 * 48_000;

interface Parts {
  encoder: SampleEncoder;
  frames: SpokenFrames;
}

export class Speaker extends TypedEmitter<SpeakerEvents> {
  readonly #emitter: Emitter<SpeakerEvents>;
  readonly #pacer: Pacer;
  readonly #tracks: AudioTracks;
  readonly #pushed = new PushedSamples();
  readonly #room = new RoomWaiters();
  /** Samples a millisecond, of all channels. */
  readonly #pace: number;
  readonly #bufferLimit: number;
  readonly #loading: Promise<Parts>;
  #parts: Parts | undefined;
  /** Samples that were pushed since the beginning. */
  #position = 0;
  #wasAttached = false;
  /** What is less than a frame is to be sent, too. */
  #isFlushing = false;
  #isIdle = true;
  /** Some of what was written is gone. */
  #isCleared = false;
  /** Frames of silence that follow on what was spoken. */
  #silence = 0;
  /** There is less than a frame, and more has been waited for. */
  #hasWaited = false;
  /** Nothing more is taken. */
  #isEnding = false;
  #isClosed = false;

  /** @throws UsageError `option-invalid`, `option-unknown` */
  constructor(options: SpeakerOptions = {}) {
    const emitter = warningEmitter(speakerEventNames, "the speaker's");
    super(emitter);
    this.#emitter = emitter;
    checkSpeakerOptions(options);
    const { sampleRate = 48_000, channels = 1, bufferLimit = 2000, clock = steadyClock } = options;
    this.#pace = (sampleRate * channels) / 1000;
    this.#bufferLimit = bufferLimit;
    this.#pacer = new Pacer(clock, (time) => this.#next(time));
    this.#tracks = new AudioTracks({ ready: () => this.#go(), gone: () => void this.clear() });
    this.#loading = this.#load(sampleRate, channels, options);
    // Whoever writes is told.
    this.#loading.catch(() => {});
  }

  /** ms that are queued, and not sent yet. */
  get queued(): number {
    return this.#pushed.length / this.#pace + (this.#parts?.frames.made ?? 0);
  }

  /** From what is written until its last frame is sent, while it waits as well. */
  get isSpeaking(): boolean {
    return !this.#isIdle;
  }

  /**
   * Speaks in this conference, too, with an audio track that it adds, until it is detached or the conference ends. A track that is muted is not
   * spoken on; when there is no other, it waits.
   * @returns the track; the same one when it is attached already
   * @throws as `conference.addTrack`; UsageError `audio-closed`
   */
  attach(conference: AudioConference): LocalTrack {
    const track = this.#tracks.attach(conference);
    this.#wasAttached = true;
    return track;
  }

  /** Takes its track back. */
  detach(conference: AudioConference): void {
    this.#tracks.detach(conference);
  }

  /**
   * Queues samples of any number; the first frame is sent at once when nothing is before it. Resolves when there is room for more.
   * @param samples interleaved: `Int16Array`, `Float32Array` from -1 to 1, or `Uint8Array` of 16 bits each, little-endian. They are copied
   * @param options.signal gives up waiting for room; the samples stay queued
   * @throws UsageError `speaker-samples`, `speaker-closed`; `speaker-full` when ten minutes are queued: wait for `write`; or the signal's reason
   */
  async write(samples: Samples, options: { signal?: AbortSignal } = {}): Promise<void> {
    checkOptions('speaking', signalKinds, options);
    options.signal?.throwIfAborted();
    if (this.#isEnding || this.#isClosed) throw closed();
    if (this.#pushed.length > mostQueued) throw full();
    const count = this.#pushed.push(samples);
    this.#position += count;
    const hasRoomAt = this.#position - this.#bufferLimit * this.#pace;
    if (count > 0) this.#isIdle = false;
    if (this.#wasAttached && !this.#tracks.isAttached) this.clear();
    this.#go();
    await this.#loading;
    if (this.#spoken < hasRoomAt && !this.#isClosed) await this.#room.until(hasRoomAt, options.signal);
  }

  /**
   * Falls silent within a frame: all that is queued is gone, and `write` resolves. What is written next is another sound.
   * @returns ms that were written and will not be heard
   */
  clear(): number {
    const cleared = this.queued;
    this.#isCleared ||= cleared > 0;
    this.#parts?.frames.clear();
    this.#pushed.clear();
    this.#settle();
    if (!this.#pacer.isRunning) this.#rest();
    return cleared;
  }

  /** Resolves when all that was written is sent, or cleared; at once when nothing is queued. @throws the signal's reason */
  async drained(options: { signal?: AbortSignal } = {}): Promise<void> {
    checkOptions('waiting until all is spoken', signalKinds, options);
    options.signal?.throwIfAborted();
    if (this.#isIdle) return;
    this.#isFlushing = true;
    this.#go();
    await this.#loading;
    await waitFor((wait) => {
      if (this.#isIdle) wait.resolve();
      wait.after(this.#emitter.on('drained', () => wait.resolve()));
    }, options.signal);
  }

  /** Takes no more, speaks what is queued, and closes. @throws the signal's reason; then it is closed, too */
  async end(options: { signal?: AbortSignal } = {}): Promise<void> {
    this.#isEnding = true;
    try {
      await this.drained(options);
    } finally {
      this.close();
    }
  }

  /** Takes its tracks back. What is queued is gone, and whoever waits waits no longer. May be called twice. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#pacer.stop();
    this.#tracks.close();
    // What runs no more is at rest.
    this.clear();
    this.#emitter.removeAll();
    void this.#free();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #load(sampleRate: number, channels: 1 | 2, { application, bitrate }: SpeakerOptions): Promise<Parts> {
    const opusRate = opusRateFor(sampleRate);
    const [encoder, resampler] = await Promise.all([
      createSampleEncoder({ sampleRate: opusRate, channels, ...defined({ application, bitrate }) }),
      createResampler({ from: sampleRate, to: opusRate, channels }),
      warmUp(),
    ]);
    // It, too, is compiled when it first runs.
    resampler.process(new Int16Array(channels));
    resampler.flush();
    const frames = new SpokenFrames({ pushed: this.#pushed, sampleRate, channels, resampler, opusRate });
    this.#parts = { encoder, frames };
    this.#go();
    return this.#parts;
  }

  async #free(): Promise<void> {
    const parts = await this.#loading.catch(() => undefined);
    // Whoever clears it still finds nothing.
    this.#parts = undefined;
    parts?.encoder.close();
    parts?.frames.close();
  }

  /** Goes on where there is something to be said, and somebody to hear it. */
  #go(): void {
    if (this.#parts && !this.#isIdle && !this.#isClosed && this.#tracks.isReady) this.#pacer.start();
  }

  /** A frame is due. @returns how long it lasts; undefined: there is none */
  #next(time: number): number | undefined {
    if (!this.#parts) return undefined;
    const { encoder, frames } = this.#parts;
    if (!this.#tracks.isReady) {
      // The rest of the silence is for nobody.
      if (frames.isEmpty) this.#rest();
      return undefined;
    }
    const frame = this.#isFlushing || this.#hasWaited ? frames.takeRest() : frames.take();
    const begins = frame !== undefined && this.#silence === 0;
    const isAfter = frame === undefined && this.#silence > 0;
    if (!frame && !isAfter && frames.isEmpty) {
      this.#rest();
      return undefined;
    }
    this.#silence = frame ? silentFrames : Math.max(0, this.#silence - 1);
    this.#hasWaited = !frame && !frames.isEmpty;
    const encoded = frame || isAfter ? encoder.encode(frame ?? frames.silence(), time) : undefined;
    if (encoded) this.#tracks.send(encoded);
    this.#settle();
    if (begins) this.#emitter.emit('started', { timestamp: time });
    return frameLength;
  }

  /** Nothing is left to be said. */
  #rest(): void {
    this.#silence = 0;
    this.#hasWaited = false;
    this.#isFlushing = false;
    if (this.#isIdle) return;
    this.#isIdle = true;
    const isCleared = this.#isCleared;
    this.#isCleared = false;
    this.#emitter.emit('drained', { isCleared });
  }

  /** Samples that are queued no more, since the beginning. */
  get #spoken(): number {
    return this.#position - this.#pushed.length;
  }

  #settle(): void {
    this.#room.reach(this.#spoken);
  }
}

function closed(): UsageError {
  return new UsageError('speaking: the speaker is closed; make another one', { code: 'speaker-closed' });
}

function full(): UsageError {
  return new UsageError('speaking: ten minutes are queued; wait for `write` before writing more', {
    code: 'speaker-full',
  });
}
