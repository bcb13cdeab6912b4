/**
 * Our sources: their names and SSRCs, which stay the same over all sessions, what presence, focus and bridge are told of them, and who
 * may mute them.
 */
import type { Clock } from '../../../base/clock.ts';
import { messageOf, type JitsiError, MediaError, UsageError } from '../../../base/errors.ts';
import { type RandomBytes, randomToken, randomUint32 } from '../../../base/random.ts';
import type { MediaType, SourceSet } from '../../../jingle/model.ts';
import type { BridgeVideoType } from '../../../jitsi/bridge-messages/index.ts';
import type { SourceState } from '../../../jitsi/source-info.ts';
import { createPacketizer } from '../../../rtp/codecs/create-packetizer.ts';
import { checkLayers } from './check-layers.ts';
import { type LayerSsrcs, LocalSource, type LocalSourceIdentity } from './local-source.ts';
import { LocalTrack } from './local-track.ts';
import type { SessionMedia } from '../session-media.ts';
import type { LocalTrackOptions } from '../track-types.ts';

/** The session that carries our sources, as far as they need it. */
export interface SourceCarrier {
  addSources(sources: SourceSet): Promise<void>;
  removeSources(sources: SourceSet): Promise<void>;
}

export interface LocalSourcesPorts {
  random: RandomBytes;
  /** Of packets. */
  mediaClock: Clock;
  endpointId(): string;
  /** Whether somebody else has the SSRC. */
  isTaken(ssrc: number): boolean;
  /** Tells the room of all our sources. */
  present(sources: readonly SourceState[]): void;
  /** Tells the bridge what a source shows. */
  videoType(source: string, type: BridgeVideoType): void;
  /** No bridge is to be told of the sources that there were. */
  forgetVideoTypes(): void;
  /** Asks the focus to let us speak, or show, again. */
  askToUnmute(kind: MediaType): Promise<void>;
  listenerFailed(error: unknown, event: string): void;
  warn(error: JitsiError): void;
}

const codecs: Readonly<Partial<Record<string, readonly string[]>>> = {
  audio: ['opus'],
  video: ['vp8', 'vp9', 'h264', 'av1'],
};

export class LocalSources {
  readonly #ports: LocalSourcesPorts;
  readonly #tracks = new Map<LocalSource, LocalTrack>();
  /** Kinds that the focus has muted, and has not let go. */
  readonly #heldMuted = new Set<MediaType>();
  #media: SessionMedia | undefined;
  #carrier: SourceCarrier | undefined;

  constructor(ports: LocalSourcesPorts) {
    this.#ports = ports;
  }

  get tracks(): readonly LocalTrack[] {
    return [...this.#tracks.values()];
  }

  /** SSRC that RTCP of ours is from; undefined while we send nothing. */
  get firstSsrc(): number | undefined {
    for (const { identity } of this.#tracks.keys()) return identity.streams[0].ssrc;
    return undefined;
  }

  add(options: LocalTrackOptions): LocalTrack {
    const { listenerFailed, mediaClock, random } = this.#ports;
    const { kind, videoType = 'camera' } = options;
    const codec = options.codec ?? (kind === 'audio' ? 'opus' : 'vp8');
    // Programs without types may ask for anything.
    if (!codecs[kind]?.includes(codec))
      throw new UsageError(`adding a track: ${codec} is no codec for ${kind}`, { code: 'codec-invalid' });
    const layers = checkLayers(options, codec);
    const wanted = { kind, codec, videoType, index: this.#freeIndex(kind) };
    const source = new LocalSource({
      identity: this.#identify(wanted, layers.length),
      layers,
      createPacketizer: () => createPacketizer(codec, random),
      now: () => mediaClock.now(),
      listenerFailed,
    });
    const track = new LocalTrack(source, {
      setMuted: (muted) => this.#setMuted(source, muted),
      stop: () => this.#stop(source),
    });
    this.#tracks.set(source, track);
    if (options.muted ?? this.#heldMuted.has(kind)) source.setMuted(true);
    this.#present();
    this.#tellBridge(source);
    if (!source.muted) this.#askForLeave(source);
    if (this.#media) this.#announce(source, this.#media);
    return track;
  }

  /** A session is about to be accepted on a transport of ours: what the accept is to announce. */
  carriedBy(media: SessionMedia, carrier: SourceCarrier): SourceSet {
    this.#media = media;
    this.#carrier = carrier;
    const sets: SourceSet[] = [];
    for (const source of this.#tracks.keys()) {
      if (!isOffered(source, media)) continue;
      this.#carry(source, media);
      sets.push(source.signalledIn(media));
    }
    return { sources: sets.flatMap(({ sources }) => sources), groups: sets.flatMap(({ groups }) => groups) };
  }

  sessionEnded(): void {
    this.#media = undefined;
    this.#carrier = undefined;
    for (const source of this.#tracks.keys()) source.carriedBy(undefined);
  }

  /**
   * We are in the room under another endpoint id: the same tracks get names, SSRCs and msids of their own, for the focus refuses those that
   * somebody has whom it does not know to be us (media dossier 2.5), and the others keep their SRTP state of our SSRCs.
   */
  renew(): void {
    this.sessionEnded();
    this.#ports.forgetVideoTypes();
    for (const source of this.#tracks.keys())
      source.renew(this.#identify(source.identity, source.identity.streams.length));
    for (const source of this.#tracks.keys()) this.#tellBridge(source);
    this.#present();
  }

  /** The session's transport has another state: what could not be sent may be sent now. */
  transportChanged(): void {
    for (const source of this.#tracks.keys()) source.look();
  }

  constrained(sourceName: string, maxHeight: number): void {
    for (const source of this.#tracks.keys())
      if (source.identity.name === sourceName) source.constrain(maxHeight);
  }

  /** The focus mutes us. */
  forceMuted(mediaType: MediaType | 'desktop', by: string | undefined): void {
    const kind = mediaType === 'desktop' ? 'video' : mediaType;
    this.#heldMuted.add(kind);
    let isChanged = false;
    for (const source of this.#tracks.keys()) {
      const { identity } = source;
      const isDesktop = identity.videoType === 'desktop';
      if (identity.kind !== kind || (kind === 'video' && isDesktop !== (mediaType === 'desktop'))) continue;
      if (!source.setMuted(true, by)) continue;
      isChanged = true;
      this.#tellBridge(source);
    }
    if (isChanged) this.#present();
  }

  /** We left. */
  close(): void {
    for (const source of this.#tracks.keys()) source.stop();
    this.#tracks.clear();
  }

  #setMuted(source: LocalSource, muted: boolean): void {
    if (!source.setMuted(muted)) return;
    this.#present();
    this.#tellBridge(source);
    if (!muted) this.#askForLeave(source);
  }

  #askForLeave(source: LocalSource): void {
    const { kind } = source.identity;
    if (!this.#heldMuted.has(kind)) return;
    // Without its leave the bridge goes on dropping what we send (jicofo `JitsiMeetConferenceImpl.handleMuteRequest`).
    this.#heldMuted.delete(kind);
    this.#ports.askToUnmute(kind).catch((cause: unknown) => {
      this.#ports.warn(
        new MediaError(`unmuting our ${kind}: ${messageOf(cause)}`, { code: 'unmute-refused', cause }),
      );
      this.forceMuted(source.identity.videoType === 'desktop' ? 'desktop' : kind, undefined);
    });
  }

  #stop(source: LocalSource): void {
    if (source.isStopped) return;
    const media = this.#media;
    const signalled = media && isOffered(source, media) ? source.signalledIn(media) : undefined;
    this.#tracks.delete(source);
    if (source.identity.kind === 'video') this.#ports.videoType(source.identity.name, 'none');
    source.stop();
    this.#present();
    if (signalled) this.#change(this.#carrier?.removeSources(signalled));
  }

  #announce(source: LocalSource, media: SessionMedia): void {
    if (!isOffered(source, media)) return;
    this.#carry(source, media);
    this.#change(this.#carrier?.addSources(source.signalledIn(media)));
  }

  /** What nobody here can be sent is announced all the same: another session may have its codec. */
  #carry(source: LocalSource, media: SessionMedia): void {
    source.carriedBy(media);
    const { codec, kind, name } = source.identity;
    if (media.parameters.codecs.some((offered) => offered.name === codec)) return;
    const offered = media.parameters.codecs.flatMap((each) => (each.kind === kind ? each.name : []));
    this.#ports.warn(
      new MediaError(
        `sending ${name}: the deployment offers no ${codec}, so nothing of it is sent; it offers ${offered.join(', ')}`,
        { code: 'codec-not-offered' },
      ),
    );
  }

  #change(change: Promise<void> | undefined): void {
    change?.catch((error: unknown) => {
      // The accept of the next session tells of what we have then.
      if (error instanceof MediaError && ['session-ended', 'session-gone'].includes(error.code)) return;
      this.#ports.warn(
        error instanceof MediaError
          ? error
          : new MediaError(`announcing our sources: ${messageOf(error)}`, {
              code: 'sources-refused',
              cause: error,
            }),
      );
    });
  }

  #present(): void {
    this.#ports.present(
      [...this.#tracks.keys()].map(({ identity, muted }) => {
        const { kind: mediaType, name, videoType } = identity;
        return mediaType === 'video' ? { name, mediaType, muted, videoType } : { name, mediaType, muted };
      }),
    );
  }

  #tellBridge({ identity, muted }: LocalSource): void {
    if (identity.kind === 'video') this.#ports.videoType(identity.name, muted ? 'none' : identity.videoType);
  }

  #identify(
    wanted: Pick<LocalSourceIdentity, 'kind' | 'codec' | 'videoType' | 'index'>,
    layers: number,
  ): LocalSourceIdentity {
    const { random } = this.#ports;
    const { codec, index, kind, videoType } = wanted;
    const endpointId = this.#ports.endpointId();
    return {
      kind,
      codec,
      videoType,
      index,
      name: `${endpointId}-${kind === 'audio' ? 'a' : 'v'}${index}`,
      streams: this.#freeStreams(kind, layers),
      // As lib-jitsi-meet writes it; any that nobody else has will do.
      msid: `${endpointId}-${kind}-${index}-1 ${randomToken(random, 16)}-1`,
      timestampOffset: randomUint32(random),
    };
  }

  #freeIndex(kind: MediaType): number {
    const identities = [...this.#tracks.keys()].map(({ identity }) => identity);
    const taken = new Set(identities.flatMap((each) => (each.kind === kind ? [each.index] : [])));
    let index = 0;
    while (taken.has(index)) index += 1;
    return index;
  }

  #freeStreams(kind: MediaType, layers: number): LocalSourceIdentity['streams'] {
    const taken = new Set(
      [...this.#tracks.keys()].flatMap(({ identity }) =>
        identity.streams.flatMap(({ rtxSsrc, ssrc }) => [ssrc, rtxSsrc]),
      ),
    );
    const free = (): number => {
      let ssrc = randomUint32(this.#ports.random);
      while (taken.has(ssrc) || this.#ports.isTaken(ssrc)) ssrc = randomUint32(this.#ports.random);
      taken.add(ssrc);
      return ssrc;
    };
    const stream = (): LayerSsrcs => ({ ssrc: free(), rtxSsrc: kind === 'video' ? free() : undefined });
    return [stream(), ...Array.from({ length: Math.max(0, layers - 1) }, stream)];
  }
}

function isOffered({ identity }: LocalSource, { parameters }: SessionMedia): boolean {
  return parameters.codecs.some(({ kind }) => kind === identity.kind);
}
