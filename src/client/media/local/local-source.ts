/** A source of ours behind its public track: whether it is sent, and how its frames become packets. It lasts over all sessions. */
import { defined } from '../../../base/defined.ts';
import { onAbort } from '../../../base/on-abort.ts';
import { withResolvers } from '../../../base/resolvers.ts';
import { Emitter, type EventNames } from '../../../base/emitter.ts';
import type { MediaType, Source, SourceSet, VideoType } from '../../../jingle/model.ts';
import { describeFrame } from '../../../rtp/codecs/describe-frame.ts';
import type { Packetizer } from '../../../rtp/codecs/packetizer.ts';
import type { CodecName, RtpCodec } from '../../../rtp/parameters.ts';
import type { SequenceNumbers } from '../../../rtp/send/types.ts';
import { checkFrame, checkPacket } from './check-frame.ts';
import { LocalFigures } from './local-figures.ts';
import type { SessionMedia, StreamIds, Transmission, TransmissionSink } from '../session-media.ts';
import { TalkSpurts } from './talk-spurts.ts';
import type { LocalFrame, LocalPacket, LocalTrackStatistics } from '../track-types.ts';

/** Payloads by event name; each says which source it is about. */
export interface LocalTrackEvents {
  /** What is sent gets out from now on: a session takes the codec and is connected, and the track is not muted. Again in every session. */
  ready: { sourceName: string };
  /** Somebody wants it from now on, audio always; the track is ready. */
  wanted: { sourceName: string; maxHeight: number };
  /** The others need a key frame: it is to be the next that is sent. */
  keyFrameRequested: { sourceName: string };
  /** Pixels that anybody wants of it; 0: nobody does, -1: no limit. */
  constraintsChanged: { sourceName: string; maxHeight: number };
  /** bit/s that fit through the way to the bridge, of this video; what is sent beyond it gets lost or makes others late. */
  targetBitrate: { sourceName: string; bitrate: number };
  /** `by` is the endpoint id of the moderator, when one did it. */
  muted: { sourceName: string; by?: string };
  /** It goes on. */
  unmuted: { sourceName: string };
  /** The last event of all. */
  stopped: { sourceName: string };
}

export const localTrackEventNames: EventNames<LocalTrackEvents> = {
  ready: true,
  wanted: true,
  keyFrameRequested: true,
  constraintsChanged: true,
  targetBitrate: true,
  muted: true,
  unmuted: true,
  stopped: true,
};

export interface LocalSourceIdentity {
  kind: MediaType;
  codec: CodecName;
  /** Of its kind, in the name. */
  index: number;
  name: string;
  videoType: VideoType;
  ssrc: number;
  rtxSsrc: number | undefined;
  msid: string;
  /** RTP timestamps begin anywhere. */
  timestampOffset: number;
}

export class LocalSource {
  #identity: LocalSourceIdentity;
  readonly emitter: Emitter<LocalTrackEvents>;
  readonly #packetizer: Packetizer;
  readonly #figures = new LocalFigures();
  readonly #talkSpurts = new TalkSpurts();
  #transmission: Transmission | undefined;
  /** Where the last session ended. */
  #continues: SequenceNumbers | undefined;
  #muted = false;
  #maxHeight = -1;
  #targetBitrate: number | undefined;
  /** Video that was not sent for a while goes on with a key frame. */
  #awaitsKeyFrame = true;
  #hasAskedForKeyFrame = false;
  /** As it was told last. */
  #told = { isReady: false, isWanted: false };
  isStopped = false;

  readonly #now: () => number;
  readonly #sink: TransmissionSink;

  constructor(
    identity: LocalSourceIdentity,
    packetizer: Packetizer,
    now: () => number,
    listenerFailed: (error: unknown, event: string) => void,
  ) {
    this.#identity = identity;
    this.#packetizer = packetizer;
    this.#now = now;
    this.emitter = new Emitter(localTrackEventNames, listenerFailed);
    const isWanted = (): boolean => this.isWanted;
    this.#sink = {
      kind: identity.kind,
      get isWanted() {
        return isWanted();
      },
      keyFrameRequested: () => this.#keyFrameRequested(),
      targetBitrate: (bitrate) => {
        if (bitrate === this.#targetBitrate) return;
        this.#targetBitrate = bitrate;
        this.emitter.emit('targetBitrate', { sourceName: this.#name, bitrate });
      },
    };
  }

  get identity(): LocalSourceIdentity {
    return this.#identity;
  }

  /** From now on it is another for everybody else; for whoever sends it is the same. No session may have it. */
  renew(identity: LocalSourceIdentity): void {
    this.carriedBy(undefined);
    this.#identity = identity;
    this.#continues = undefined;
  }

  get muted(): boolean {
    return this.#muted;
  }

  get maxHeight(): number {
    return this.#maxHeight;
  }

  get targetBitrate(): number | undefined {
    return this.#targetBitrate;
  }

  /** A session sends it. */
  get isReady(): boolean {
    return this.#codec !== undefined && !this.#muted;
  }

  /** A session sends it, and somebody wants it. */
  get isWanted(): boolean {
    return this.#maxHeight !== 0 && this.isReady;
  }

  /** Tells what may be sent now and could not be before. */
  look(): void {
    const before = this.#told;
    const { isReady, isWanted } = this;
    this.#told = { isReady, isWanted };
    if (isWanted !== before.isWanted) this.#transmission?.wantedChanged();
    const sourceName = this.#name;
    if (isReady && !before.isReady) this.emitter.emit('ready', { sourceName });
    if (isWanted && !before.isWanted) this.emitter.emit('wanted', { sourceName, maxHeight: this.#maxHeight });
  }

  /** Resolves to whether it is ready: false when it was stopped, or `signal` aborted, first. */
  ready(signal: AbortSignal | undefined): Promise<boolean> {
    if (this.isReady || this.isStopped) return Promise.resolve(this.isReady);
    const { promise, resolve } = withResolvers<boolean>();
    const offs = [
      this.emitter.on('ready', () => resolve(true)),
      this.emitter.on('stopped', () => resolve(false)),
      onAbort(signal, () => resolve(false)),
    ];
    return promise.finally(() => {
      for (const off of offs) off();
    });
  }

  get statistics(): LocalTrackStatistics {
    return this.#figures.with(this.#transmission?.statistics());
  }

  /** The streams in a session; retransmissions only where it has them. */
  streamsIn({ parameters }: SessionMedia): StreamIds {
    const { kind, rtxSsrc, ssrc } = this.identity;
    const hasRtx = parameters.codecs.some(
      (codec) => codec.kind === kind && codec.rtxPayloadType !== undefined,
    );
    return hasRtx && rtxSsrc !== undefined ? { kind, ssrc, rtxSsrc } : { kind, ssrc };
  }

  /** What the focus is told (media dossier 2.4, 2.5). */
  signalledIn(media: SessionMedia): SourceSet {
    const { kind: mediaType, msid, name, videoType } = this.identity;
    const { ssrc, rtxSsrc } = this.streamsIn(media);
    const shared: Omit<Source, 'ssrc'> =
      mediaType === 'video' ? { mediaType, name, msid, videoType } : { mediaType, name, msid };
    if (rtxSsrc === undefined) return { sources: [{ ...shared, ssrc }], groups: [] };
    return {
      sources: [
        { ...shared, ssrc },
        { ...shared, ssrc: rtxSsrc },
      ],
      groups: [{ semantics: 'FID', ssrcs: [ssrc, rtxSsrc], mediaType }],
    };
  }

  /** A session sends it from now on; undefined: none does. */
  carriedBy(media: SessionMedia | undefined): void {
    if (this.#transmission) {
      this.#figures.end(this.#transmission.statistics());
      this.#continues = this.#transmission.stop() ?? this.#continues;
    }
    this.#pause();
    this.#figures.gaps.away();
    this.#targetBitrate = undefined;
    this.#transmission = media?.transmit(
      { ...this.streamsIn(media), continues: this.#continues },
      this.#sink,
    );
    // What another bridge wants is not known yet.
    this.constrain(-1);
    this.look();
  }

  constrain(maxHeight: number): void {
    if (maxHeight === this.#maxHeight) return;
    if (maxHeight === 0) {
      this.#pause();
      this.#figures.gaps.pause();
    }
    this.#maxHeight = maxHeight;
    this.emitter.emit('constraintsChanged', { sourceName: this.#name, maxHeight });
    this.look();
  }

  /** @returns false when it was so already */
  setMuted(muted: boolean, by?: string): boolean {
    if (muted === this.#muted || this.isStopped) return false;
    this.#muted = muted;
    if (muted) {
      this.#pause();
      this.#figures.gaps.pause();
      this.emitter.emit('muted', defined({ sourceName: this.#name, by }));
    } else this.emitter.emit('unmuted', { sourceName: this.#name });
    this.look();
    return true;
  }

  stop(): void {
    this.isStopped = true;
    this.carriedBy(undefined);
    this.emitter.emit('stopped', { sourceName: this.#name });
    this.emitter.removeAll();
  }

  send(frame: LocalFrame): boolean {
    checkFrame(frame, this.identity.codec, this.#name);
    const codec = this.#codec;
    const { audioLevel, data, temporalId } = frame;
    const keyFrame = frame.keyFrame ?? describeFrame(this.identity.codec, data).keyFrame;
    if (!codec) {
      this.#pause();
      this.#figures.gaps.away();
    }
    if (!codec || !this.isWanted || !this.#mayGoOnWith(keyFrame || codec.kind === 'audio')) {
      this.#figures.unsent += 1;
      return false;
    }
    const { payloadType } = codec;
    const timestamp = this.#timestampOf(frame.timestamp, codec);
    const payloads = this.#packetizer.packetize(data, temporalId);
    if (payloads.length === 0) {
      this.#figures.unsent += 1;
      return false;
    }
    const beginsTalk = codec.kind === 'audio' && this.#talkSpurts.begins(frame.timestamp, data);
    for (const { dependencyDescriptor, marker: isLast, payload } of payloads) {
      const marker = isLast || beginsTalk;
      const packet = defined({ payloadType, timestamp, marker, payload, audioLevel, dependencyDescriptor });
      this.#transmission?.send(packet);
    }
    this.#figures.gaps.packet(this.#now());
    this.#figures.frames += 1;
    if (keyFrame && codec.kind === 'video') this.#figures.keyFrames += 1;
    return true;
  }

  sendRtp(packet: LocalPacket): boolean {
    checkPacket(packet, this.#name);
    const payloadType = packet.payloadType ?? this.#codec?.payloadType;
    if (!this.#transmission || payloadType === undefined || !this.isWanted) {
      this.#figures.unsent += 1;
      return false;
    }
    this.#figures.gaps.packet(this.#now());
    this.#transmission.send({ ...packet, payloadType });
    return true;
  }

  get #name(): string {
    return this.identity.name;
  }

  get #codec(): RtpCodec | undefined {
    return this.#transmission?.codec(this.identity.codec);
  }

  #pause(): void {
    this.#awaitsKeyFrame = true;
    this.#hasAskedForKeyFrame = false;
  }

  #mayGoOnWith(keyFrame: boolean): boolean {
    const goesOn = keyFrame || !this.#awaitsKeyFrame;
    const asks = !goesOn && !this.#hasAskedForKeyFrame;
    this.#awaitsKeyFrame = !goesOn;
    this.#hasAskedForKeyFrame = !goesOn;
    // Last of all: whoever is asked may answer at once.
    if (asks) this.#keyFrameRequested();
    return goesOn;
  }

  #keyFrameRequested(): void {
    this.emitter.emit('keyFrameRequested', { sourceName: this.#name });
  }

  #timestampOf(time: number, { clockRate }: RtpCodec): number {
    const ticks = Math.round((time * clockRate) / 1_000) + this.identity.timestampOffset;
    return ((ticks % 2 ** 32) + 2 ** 32) % 2 ** 32;
  }
}
