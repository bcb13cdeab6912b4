/**
 * The media of a conference: tracks of the others and of ours, which outlive sessions, and what is asked of the bridge for them. One
 * session carries them at a time.
 */
import type { Clock } from '../../base/clock.ts';
import { type JitsiError, UsageError } from '../../base/errors.ts';
import type { Emitter } from '../../base/emitter.ts';
import { type RandomBytes, randomToken, randomUint32 } from '../../base/random.ts';
import type { Participant } from '../../conference/room/roster.ts';
import type { MediaType, VideoType } from '../../jingle/model.ts';
import type { AudioSubscription, EndpointStatistics } from '../../jitsi/bridge-messages/index.ts';
import type { SourceState } from '../../jitsi/source-info.ts';
import { rtpParameters } from '../../rtc/rtp/parameters.ts';
import type { Bridge } from '../bridge/bridge.ts';
import {
  checkArgument,
  checkOptions,
  flag,
  isObject,
  isText,
  type Kinds,
  oneOf,
  text,
} from '../check-arguments.ts';
import type { CarriedMedia, CarriedSession, MediaTransport } from '../session/carried-session.ts';
import type { ConferenceEvents } from '../conference-events.ts';
import type { On } from '../event-source.ts';
import { listenerFailed } from '../failures.ts';
import type { MediaSession } from '../session/media-session.ts';
import type { VideoRequest } from '../session/video-request.ts';
import { BridgeWishes } from './bridge-wishes.ts';
import { EndpointStatsSender, type TrackCounters } from './endpoint-stats.ts';
import { LocalSources } from './local/local-sources.ts';
import type { LocalTrack } from './local/local-track.ts';
import { type Observe, ParticipantFacts } from './participant-facts.ts';
import { RemoteSources } from './remote/remote-sources.ts';
import type { RemoteTrack } from './remote/remote-track.ts';
import { SessionMedia } from './session-media.ts';
import { SuspendedVideo } from './remote/suspended-video.ts';
import type { LocalTrackOptions } from './track-types.ts';

export interface ConferenceMediaPorts {
  on: On;
  emitter: Pick<Emitter<ConferenceEvents>, 'emit'>;
  clock: Clock;
  mediaClock: Clock;
  random: RandomBytes;
  /** Audio and video are taken part in. */
  media: boolean;
  ssrcRewriting: boolean;
  endpointId(): string;
  participants(): ReadonlyMap<string, Participant>;
  present(sources: readonly SourceState[]): void;
  askToUnmute(kind: MediaType): Promise<void>;
  /** Tells the room what is seen of somebody. */
  observe: Observe;
  /** @throws ConnectionError `not-joined` */
  checkNotOver(tried: string): void;
  openBridge(): void;
  warn(error: JitsiError): void;
}

export class ConferenceMedia {
  readonly #ports: ConferenceMediaPorts;
  readonly #remote: RemoteSources;
  readonly #local: LocalSources;
  readonly #wishes = new BridgeWishes();
  readonly #stats: EndpointStatsSender;
  readonly #suspended: SuspendedVideo;
  readonly #facts: ParticipantFacts;
  readonly #cname: string;
  #bridge: Bridge | undefined;
  #live: SessionMedia | undefined;
  #hadSession = false;
  #dominantSpeaker: string | undefined;

  constructor(ports: ConferenceMediaPorts) {
    const { clock, emitter, participants, random, ssrcRewriting } = ports;
    this.#ports = ports;
    this.#cname = randomToken(random, 16);
    this.#facts = new ParticipantFacts(ports.observe);
    this.#remote = new RemoteSources({
      clock,
      mediaClock: ports.mediaClock,
      isRewriting: ssrcRewriting,
      participant: (endpointId) => participants().get(endpointId),
      requestHeight: (name, maxHeight) => {
        ports.checkNotOver(`asking for ${name}`);
        const withdraw = this.#wishes.requestHeight(name, maxHeight);
        ports.openBridge();
        return withdraw;
      },
      emit: (event, track) => {
        if (event === 'trackRemoved') this.#wishes.forgetSource(track.sourceName);
        emitter.emit(event, { track });
      },
      speaks: (endpointId, known, isSpeaking) => {
        this.#facts.speaks(endpointId, isSpeaking);
        const participant = participants().get(endpointId) ?? known;
        emitter.emit('speakingChanged', { endpointId, participant, isSpeaking });
      },
    });
    this.#local = new LocalSources({
      ...ports,
      isTaken: (ssrc) => this.#remote.isKnown(ssrc),
      videoType: (source, type) => this.#wishes.setVideoType(source, type),
      forgetVideoTypes: () => this.#wishes.forgetVideoTypes(),
      listenerFailed: (error, event) => ports.warn(listenerFailed(`a listener of ${event}`, error)),
    });
    this.#stats = new EndpointStatsSender({
      clock,
      mayTell: () => participants().size > 0 && this.#bridge?.state === 'open',
      counters: () => (ports.media ? this.#counters() : undefined),
      send: (statistics) => this.#tellStats(statistics),
    });
    this.#suspended = new SuspendedVideo({
      clock,
      videos: () => this.#remote.videos(),
      wishes: () => this.#wishes.video,
      warn: (error) => ports.warn(error),
    });
    if (ports.media) this.#follow();
  }

  get tracks(): ReadonlyMap<string, RemoteTrack> {
    return this.#remote.tracks;
  }

  get localTracks(): readonly LocalTrack[] {
    return this.#local.tracks;
  }

  get dominantSpeaker(): string | undefined {
    return this.#dominantSpeaker;
  }

  /** Somebody asked for video or audio, so that the bridge's channel is needed. */
  get wantsBridge(): boolean {
    return this.#wishes.isAsked;
  }

  tracksOf(participant: Participant | string): RemoteTrack[] {
    const isOne = { words: 'a participant, or an endpoint id', fits: isParticipant };
    checkArgument('looking for tracks', 'the participant', isOne, participant);
    return this.#remote.tracksOf(typeof participant === 'string' ? participant : participant.id);
  }

  audioOf(participant: Participant | string): RemoteTrack | undefined {
    return heardOrSeen(this.tracksOf(participant).filter(({ kind }) => kind === 'audio'));
  }

  videoOf(participant: Participant | string, type: VideoType): RemoteTrack | undefined {
    checkArgument('looking for a video', 'its type', oneOf('camera', 'desktop'), type);
    return heardOrSeen(this.tracksOf(participant).filter(({ videoType }) => videoType === type));
  }

  addTrack(options: LocalTrackOptions): LocalTrack {
    checkOptions('adding a track', trackKinds, options);
    if (this.#ports.media) return this.#local.add(options);
    throw noMedia('adding a track');
  }

  requestVideo(request: VideoRequest | number): void {
    if (!this.#ports.media) throw noMedia('asking for video');
    this.#wishes.requestVideo(request);
  }

  requestAudio(subscription: AudioSubscription): void {
    if (!this.#ports.media) throw noMedia('asking for audio');
    this.#wishes.requestAudio(subscription);
  }

  /** A bridge is there: it is told what we want, and tells us what it does. */
  useBridge(bridge: Bridge): void {
    const { emitter } = this.#ports;
    this.#bridge = bridge;
    this.#wishes.use(bridge);
    this.#facts.useBridge(bridge);
    const stop = (): void => {
      if (this.#bridge !== bridge) return;
      this.#stats.stop();
      this.#suspended.stop();
    };
    bridge.on('opened', () => this.#stats.start());
    bridge.on('down', stop);
    bridge.on('closed', stop);
    bridge.on('sourcesMapped', (mapped) => {
      if (this.#ports.ssrcRewriting) this.#remote.mapped(mapped);
    });
    bridge.on('senderConstraintsChanged', ({ maxHeight, sourceName }) =>
      this.#local.constrained(sourceName, maxHeight),
    );
    bridge.on('dominantSpeakerChanged', (speaker) => {
      this.#dominantSpeaker = speaker.endpointId;
      emitter.emit('dominantSpeakerChanged', speaker);
    });
    bridge.on('forwardedSourcesChanged', (forwarded) => {
      if (this.#ports.media) this.#suspended.forwarded(forwarded.sources);
      emitter.emit('forwardedSourcesChanged', forwarded);
    });
    bridge.on('connectionStats', ({ estimatedDownlinkBandwidth }) => {
      if (this.#ports.media) this.#suspended.estimated(estimatedDownlinkBandwidth);
    });
    bridge.on('endpointConnectivityChanged', (change) => emitter.emit('endpointConnectivityChanged', change));
  }

  /**
   * We are in the room under another endpoint id, and no session was offered there yet: tracks of ours are the same objects, under other
   * names and SSRCs. Those of the others wait for the session that is to come.
   */
  renew(): void {
    this.#close();
    this.#local.renew();
  }

  /** A session is about to be accepted on a transport of ours. Undefined when the room was joined without media. */
  open(session: CarriedSession, transport: MediaTransport): CarriedMedia | undefined {
    const { mediaClock, random } = this.#ports;
    if (!this.#ports.media) return undefined;
    this.#close();
    const media = new SessionMedia(rtpParameters(session.offer), {
      random,
      clock: mediaClock,
      cname: this.#cname,
      localSsrc: this.#local.firstSsrc ?? randomUint32(random),
      // A connection that is disturbed may still get through.
      isUp: () => transport.state === 'connected' || transport.state === 'disconnected',
      openRtp: (options, handlers) => transport.openRtp(options, handlers),
    });
    this.#live = media;
    this.#remote.carriedBy(media);
    return {
      sources: this.#local.carriedBy(media, session),
      transportChanged: () => {
        if (transport.state === 'disconnected' || transport.state === 'failed') this.#remote.away();
        this.#local.transportChanged();
      },
    };
  }

  #follow(): void {
    const { on } = this.#ports;
    on('sessionOffered', ({ session }) => this.#offered(session));
    on('sourcesAdded', ({ added }) => this.#remote.added(added));
    on('sourcesRemoved', ({ removed }) => this.#remote.removed(removed));
    on('sessionEnded', () => {
      this.#close();
      this.#remote.sessionEnded();
    });
    on('participantJoined', ({ participant }) => this.#remote.participantChanged(participant));
    on('participantChanged', ({ participant, changed }) => {
      if (changed.some((field) => presenceFields.has(field))) this.#remote.participantChanged(participant);
    });
    on('participantLeft', ({ participant, departure: { reason } }) => {
      this.#remote.participantLeft(participant, reason === 'connection-lost' || reason === 'unseen');
      // The bridge tells of the next who speaks, not that this one has gone.
      if (this.#dominantSpeaker === participant.id) this.#dominantSpeaker = undefined;
      this.#facts.left(participant.id);
    });
    on('muted', ({ mediaType, actor }) => this.#local.forceMuted(mediaType, actor));
    on('ended', () => {
      this.#close();
      this.#stats.stop();
      this.#suspended.stop();
      this.#remote.clear();
      this.#local.close();
    });
  }

  #offered(session: MediaSession): void {
    this.#remote.offered({ sources: session.sources, groups: session.ssrcGroups });
    // The room's policy for those who come (media dossier 1.7).
    if (this.#hadSession) return;
    this.#hadSession = true;
    for (const kind of ['audio', 'video'] as const)
      if (session.offer.startMuted?.[kind]) this.#local.forceMuted(kind, undefined);
  }

  #close(): void {
    this.#remote.carriedBy(undefined);
    this.#local.sessionEnded();
    this.#live?.close();
    this.#live = undefined;
  }

  #counters(): Map<object, TrackCounters> {
    const counters = new Map<object, TrackCounters>();
    for (const track of this.#local.tracks) {
      const { bytes, height, lost, packets, roundTripTime } = track.statistics;
      const { codec, isWanted, kind, layers, targetBitrate, videoType } = track;
      const isCamera = videoType === 'camera' && isWanted && height !== undefined;
      const camera = isCamera ? { codec, height, isLayered: layers.length > 0, targetBitrate } : undefined;
      counters.set(track, { direction: 'upload', kind, bytes, packets, lost, roundTripTime, height, camera });
    }
    for (const track of this.#remote.tracks.values()) {
      const { bytes, lost, packets } = track.statistics;
      counters.set(track, { direction: 'download', kind: track.kind, bytes, packets, lost });
    }
    return counters;
  }

  #tellStats(statistics: EndpointStatistics): void {
    try {
      this.#bridge?.sendEndpointStats(statistics);
    } catch {
      // The channel is full or just went down: the next ones will do.
    }
  }
}

function noMedia(tried: string): UsageError {
  const next = 'use join(), or joinSession(), without `media: false`';
  return new UsageError(`${tried}: the room was joined without media; ${next}`, { code: 'no-media' });
}

/** Of those that stand for the same, one that is on. */
function heardOrSeen(tracks: readonly RemoteTrack[]): RemoteTrack | undefined {
  return tracks.find(({ muted }) => !muted) ?? tracks[0];
}

function isParticipant(value: unknown): boolean {
  return isText(value) || (isObject(value) && isText(value['id']));
}

const trackKinds: Kinds<LocalTrackOptions> = {
  kind: oneOf('audio', 'video'),
  // Which are there depends on the kind.
  codec: text,
  videoType: oneOf('camera', 'desktop'),
  muted: flag,
  layers: { words: 'a list of layers', fits: (value) => Array.isArray(value) },
};

const presenceFields: ReadonlySet<keyof Participant> = new Set([
  'sources',
  'audioMuted',
  'videoMuted',
  'videoType',
]);
