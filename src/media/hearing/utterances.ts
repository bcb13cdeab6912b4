/** What is said in a conference, one stretch of speech at a time, and by whom. */
import { type Clock, steadyClock } from '../../base/clock.ts';
import type { Emitter, EventNames } from '../../base/emitter.ts';
import type { JitsiError } from '../../base/errors.ts';
import { EventStream } from '../../base/event-stream.ts';
import { onAbort } from '../../base/on-abort.ts';
import { checkOptions, duration, type Kinds, oneOf } from '../../client/check-arguments.ts';
import type { Conference } from '../../client/conference.ts';
import type { RemoteTrack } from '../../client/media/remote/remote-track.ts';
import { TypedEmitter, warningEmitter } from '../../client/typed-emitter.ts';
import type { Participant } from '../../conference/room/roster.ts';
import { encryptedError } from '../encryption/encrypted-error.ts';
import { createOpusDecoder } from '../opus/decoder.ts';
import type { OpusDecoder, OpusDecoderOptions } from '../opus/types.ts';
import { Loudness, type LevelSource } from './loudness.ts';
import { formatOf, type SoundOptions, soundKinds } from './sound-options.ts';
import { SpeechSegments } from './speech-segments.ts';
import { TrackListener } from './track-listener.ts';
import { Utterance } from './utterance.ts';

export interface UtteranceOptions extends SoundOptions {
  /** ms of silence that end an utterance. Default 600. */
  silence?: number;
  /** ms; what is shorter, such as a click or a cough, is none. Default 200. */
  minLength?: number;
  /** ms; what is longer is cut, and goes on as the next. Default 60 000; Infinity: it is never cut. */
  maxLength?: number;
  /**
   * By what it is found whether somebody speaks. `auto` (the default): the levels that senders write into their packets, which cost nothing,
   * and the sound itself of those who write none, or wrong ones. `header`, `sound`: only by one of them.
   */
  levels?: LevelSource;
}

/** Somebody begins or ends to speak. */
export interface SpeakingEvent {
  participant: Participant | undefined;
  endpointId: string;
  track: RemoteTrack;
  /** ms since the epoch, when the first loud sound began, or the last ended. */
  at: number;
}

/** Payloads by event name. */
export interface UtteranceEvents {
  /** After a tenth of a second of loud sound, whether it becomes an utterance or not. */
  speakingStarted: SpeakingEvent;
  /** After the silence that ends it. */
  speakingStopped: SpeakingEvent;
  /** A listener failed, or somebody's sound is end-to-end encrypted (`source-encrypted`), told once a track. */
  warning: { error: JitsiError };
}

/** As much of a conference as it takes. */
export type HeardConference = Pick<Conference, 'tracks' | 'on' | 'state'>;

export interface HearingPorts {
  clock: Clock;
  createDecoder(options: OpusDecoderOptions): Promise<OpusDecoder>;
}

/** Utterances that may be unread. */
const limit = 32;
/** Hz at which loudness is measured. */
const measuredAt = 16_000;

export const utteranceEventNames: EventNames<UtteranceEvents> = {
  speakingStarted: true,
  speakingStopped: true,
  warning: true,
};
const kinds: Kinds<UtteranceOptions> = {
  ...soundKinds,
  silence: duration,
  minLength: duration,
  maxLength: duration,
  levels: oneOf('auto', 'header', 'sound'),
};

export class Utterances
  extends TypedEmitter<UtteranceEvents>
  implements AsyncIterableIterator<Utterance>, AsyncDisposable
{
  readonly #options: UtteranceOptions;
  readonly #ports: HearingPorts;
  readonly #emitter: Emitter<UtteranceEvents>;
  readonly #unread: EventStream<Utterance>;
  readonly #listeners = new Map<RemoteTrack, TrackListener>();
  readonly #offs: (() => void)[] = [];
  #failure: { error: unknown } | undefined;

  /** Made by `utterances`, not by users. */
  constructor(conference: HeardConference, options: UtteranceOptions, ports: HearingPorts) {
    const emitter = warningEmitter(utteranceEventNames);
    super(emitter);
    this.#emitter = emitter;
    this.#options = options;
    this.#ports = ports;
    this.#unread = new EventStream<Utterance>({ limit, closed: () => this.#end() });
    this.#offs.push(onAbort(options.signal, () => this.close()));
    if (conference.state === 'ended') this.close();
    if (!this.#unread.isClosed) this.#follow(conference);
  }

  /** Utterances that were lost because the loop was too slow: 32 of them may wait, the oldest are lost. */
  get dropped(): number {
    return this.#unread.dropped;
  }

  /** Rejects when no decoder can be had, and one is needed to find out who speaks. */
  async next(): Promise<IteratorResult<Utterance, undefined>> {
    const result = await this.#unread.next();
    const failure = this.#failure;
    this.#failure = undefined;
    if (result.done === true && failure) throw failure.error;
    return result;
  }

  async return(): Promise<IteratorResult<Utterance, undefined>> {
    return this.#unread.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Nobody listens any more: what is being said ends, what was said can be read. May be called twice. */
  close(): void {
    this.#unread.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  #follow(conference: HeardConference): void {
    this.#offs.push(
      conference.on('trackAdded', ({ track }) => this.#listen(track)),
      conference.on('trackRemoved', ({ track }) => {
        this.#listeners.get(track)?.end('left');
        this.#listeners.delete(track);
      }),
      conference.on('trackMuted', ({ track }) => this.#listeners.get(track)?.muted()),
      conference.on('trackUnmuted', ({ track }) => this.#listeners.get(track)?.unmuted()),
      conference.on('ended', () => this.close()),
    );
    for (const track of conference.tracks.values()) this.#listen(track);
  }

  #listen(track: RemoteTrack): void {
    if (track.kind !== 'audio') return;
    const { clock, createDecoder } = this.#ports;
    const { levels = 'auto', maxLength = 60_000, minLength = 200, silence = 600 } = this.#options;
    let utterance: Utterance | undefined;
    const segments = new SpeechSegments(
      { silence, minLength, maxLength },
      {
        spoke: (isSpeaking, at) =>
          this.#emitter.emit(isSpeaking ? 'speakingStarted' : 'speakingStopped', {
            participant: track.participant,
            endpointId: track.endpointId,
            track,
            at,
          }),
        begun: (start) => {
          utterance = this.#utterance(track, start);
          this.#unread.push(utterance);
        },
        frame: (frame) => utterance?.push(frame),
        ended: (end) => utterance?.end(end),
      },
    );
    const loudness = new Loudness(levels, () => createDecoder({ sampleRate: measuredAt, channels: 1 }));
    const encrypted = (): void => this.#emitter.emit('warning', { error: encryptedError('hearing', track) });
    const failed = (error: unknown): void => {
      this.#failure = { error };
      this.close();
    };
    this.#listeners.set(track, new TrackListener(track, { clock, loudness, segments, encrypted, failed }));
  }

  #utterance(track: RemoteTrack, start: number): Utterance {
    const { createDecoder } = this.#ports;
    return new Utterance(track, start, { ...formatOf(this.#options), createDecoder });
  }

  #end(): void {
    for (const off of this.#offs.splice(0)) off();
    for (const listener of this.#listeners.values()) listener.end('closed');
    this.#listeners.clear();
  }
}

/**
 * What the others say from now on: one utterance for each stretch of speech, told when it is long enough to be one, while it goes on. Two who
 * speak at once are two. They outlive sessions, bridges and reconnections as tracks do: what goes on within {@link UtteranceOptions.silence} is one. It ends
 * with the conference.
 * @throws UsageError `option-invalid`, `option-unknown`
 */
export function utterances(conference: HeardConference, options: UtteranceOptions = {}): Utterances {
  checkOptions('listening for utterances', kinds, options);
  return new Utterances(conference, options, { clock: steadyClock, createDecoder: createOpusDecoder });
}
