/** One stretch of speech of one participant. */
import { EventStream } from '../../base/event-stream.ts';
import { withResolvers } from '../../base/resolvers.ts';
import type { RemoteTrack } from '../../client/media/remote/remote-track.ts';
import type { Participant } from '../../conference/room/roster.ts';
import { PcmStream, type PcmStreamOptions } from './pcm-stream.ts';
import type { SoundFrame } from './sound-frame.ts';
import type { UtteranceEnd } from './speech-segments.ts';

export type UtteranceFormat = Pick<PcmStreamOptions, 'sampleRate' | 'channels' | 'createDecoder'>;

/** Packets of it that may be unread: a minute of them. */
const limit = 3_000;

export class Utterance {
  /** Whose it is, as the room knew them when it began. */
  readonly participant: Participant | undefined;
  readonly endpointId: string;
  readonly track: RemoteTrack;
  /** ms since the epoch, when the first loud sound began. */
  readonly start: number;
  /**
   * Its sound, from 0.2 s before {@link start} to 0.2 s after the end, as it is spoken; it may be read later too. Pauses in it that were not sent
   * are silence. What is unread for more than a minute is lost, the oldest first.
   */
  readonly audio: PcmStream;
  /** When and how it ended; never rejects. */
  readonly ended: Promise<UtteranceEnd>;

  readonly #frames = new EventStream<SoundFrame>({ limit });
  readonly #resolve: (end: UtteranceEnd) => void;

  /** Made by `utterances`, not by users. */
  constructor(track: RemoteTrack, start: number, format: UtteranceFormat) {
    const { promise, resolve } = withResolvers<UtteranceEnd>();
    this.participant = track.participant;
    this.endpointId = track.endpointId;
    this.track = track;
    this.start = start;
    this.audio = new PcmStream({ ...format, frames: this.#frames, gaps: 'fill' });
    this.ended = promise;
    this.#resolve = resolve;
  }

  /** Called by who made it. */
  push(frame: SoundFrame): void {
    this.#frames.push(frame);
  }

  /** Called by who made it. */
  end(end: UtteranceEnd): void {
    this.#frames.close();
    this.#resolve(end);
  }
}
