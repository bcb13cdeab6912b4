/** Audio or video of another participant, for as long as there is that source, whatever sessions come and go. */
import type { Participant } from '../../../conference/room/roster.ts';
import type { MediaType, VideoType } from '../../../jingle/model.ts';
import type { CodecName } from '../../../rtp/parameters.ts';
import type { MessageStream } from '../../bridge/events.ts';
import type { RemoteSource } from './remote-source.ts';
import { UsageError } from '../../../base/errors.ts';
import type { ReadOptions, RemoteFrame, RemotePacket, RemoteTrackStatistics } from '../track-types.ts';
import { checkArgument, checkOptions, readKinds, videoHeight } from '../../check-arguments.ts';

export interface RemoteTrackPorts {
  participant(endpointId: string): Participant | undefined;
  /** @returns withdraws it */
  requestHeight(sourceName: string, maxHeight: number): () => void;
}

export class RemoteTrack {
  readonly #source: RemoteSource;
  readonly #ports: RemoteTrackPorts;

  /** Made by the conference, not by users. */
  constructor(source: RemoteSource, ports: RemoteTrackPorts) {
    this.#source = source;
    this.#ports = ports;
  }

  get kind(): MediaType {
    return this.#source.kind;
  }

  /** `ENDPOINT-a0`, `ENDPOINT-v0` (a camera, as a rule), `ENDPOINT-v1` (a screen). */
  get sourceName(): string {
    return this.#source.name;
  }

  /** Whose it is. */
  get endpointId(): string {
    return this.#source.endpointId;
  }

  /** Whose it is, as the room knows them, or knew them last; undefined when they were never there. */
  get participant(): Participant | undefined {
    return this.#ports.participant(this.endpointId) ?? this.#source.owner;
  }

  /** What the picture shows; undefined for audio. */
  get videoType(): VideoType | undefined {
    return this.kind === 'video' ? this.#source.videoType : undefined;
  }

  get muted(): boolean {
    return this.#source.muted;
  }

  /**
   * Video that was asked for, and that the bridge keeps back because it estimates our downlink too low; there is a `warning`
   * (`video-suspended`) with the estimate.
   */
  get suspended(): boolean {
    return this.#source.isSuspended;
  }

  /** Undefined while no session has it: a bridge is being changed, or with SSRC rewriting, it is not forwarded. */
  get ssrc(): number | undefined {
    return this.#source.streams?.ssrc;
  }

  /** Of the packets that came last. */
  get codec(): CodecName | undefined {
    return this.statistics.codec;
  }

  /** It is gone for good. */
  get isRemoved(): boolean {
    return this.#source.isRemoved;
  }

  get statistics(): RemoteTrackStatistics {
    return this.#source.statistics;
  }

  /**
   * Encoded frames from now on, until the loop is left or the track is removed. Video begins with a key frame, which is asked for, and goes
   * on with one where something is missing; a reader that is too slow loses the oldest, up to the next key frame. A session whose
   * transport is your own peer connection gives none.
   */
  frames(options: ReadOptions = {}): MessageStream<RemoteFrame> {
    checkOptions('reading frames', readKinds, options);
    return this.#source.frames(options);
  }

  /** RTP packets from now on, in order, repaired, without duplicates; otherwise as {@link frames}. */
  packets(options: ReadOptions = {}): MessageStream<RemotePacket> {
    checkOptions('reading packets', readKinds, options);
    return this.#source.packets(options);
  }

  /** Asks for a key frame. What is asked too often is asked once. */
  requestKeyFrame(): void {
    this.#source.requestKeyFrame();
  }

  /**
   * Asks the bridge for this video, for one part of a program that need not know of the others: what is asked for is the greatest of all
   * such heights and of `conference.requestVideo`, and `lastN` leaves room for it. It holds for every bridge to come.
   * @param maxHeight pixels, -1 for no limit
   * @returns withdraws it; it may be called twice
   * @throws UsageError `not-video`, `argument-invalid`; ConnectionError `not-joined`
   */
  requestHeight(maxHeight: number): () => void {
    const tried = `asking for a height of ${this.sourceName}`;
    if (this.kind !== 'video') throw new UsageError(`${tried}: it is no video`, { code: 'not-video' });
    checkArgument(tried, 'the height', videoHeight, maxHeight);
    return this.#ports.requestHeight(this.sourceName, maxHeight);
  }
}
