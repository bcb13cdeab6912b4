/**
 * The sources of the others: who has which, by name and by SSRC. Signalled by the focus, or with SSRC rewriting mapped by the bridge (media
 * dossier 3.7, 3.8); mute states come from presence. The work for a source that comes or goes does not depend on how many there are.
 */
import type { Clock } from '../../../base/clock.ts';
import { comingBackTime } from '../../../conference/reconnect/back-off.ts';
import type { Participant } from '../../../conference/room/roster.ts';
import type { MediaType, Source, SourceSet, SsrcGroup } from '../../../jingle/model.ts';
import type { BridgeEvents } from '../../bridge/events.ts';
import type { TrackEvents } from '../media-events.ts';
import { SenderClock } from '../capture/sender-clock.ts';
import { RemoteSource } from './remote-source.ts';
import { RemoteTrack } from './remote-track.ts';
import type { SessionMedia } from '../session-media.ts';
import { Speaking } from '../speaking.ts';

export interface RemoteSourcesPorts {
  clock: Clock;
  /** Of packets. */
  mediaClock: Clock;
  isRewriting: boolean;
  participant(endpointId: string): Participant | undefined;
  /** @returns withdraws it */
  requestHeight(sourceName: string, maxHeight: number): () => void;
  emit(event: keyof TrackEvents, track: RemoteTrack): void;
  /** Somebody begins or ends to speak. */
  speaks(endpointId: string, participant: Participant | undefined, isSpeaking: boolean): void;
}

/** Owner of the bridge's own placeholders. */
const bridgeOwner = 'jvb';
/** ms in which somebody whose session moves signals the same source again. */
const movingTime = 5_000;
/** ms in which somebody does who lists it, and whose session is to come after ours: all lose theirs at once, and come back one by one. */
const returningTime = 60_000;
/** SSRCs that a bridge can map: it uses 100. */
const mappedLimit = 1_000;

export class RemoteSources {
  /** Public tracks by source name. */
  readonly tracks: Map<string, RemoteTrack> = new Map();
  readonly #ports: RemoteSourcesPorts;
  readonly #byName = new Map<string, RemoteSource>();
  readonly #bySsrc = new Map<number, RemoteSource>();
  readonly #byOwner = new Map<string, Set<RemoteSource>>();
  /** By endpoint: all sources of one are in step. */
  readonly #clocks = new Map<string, SenderClock>();
  /** Sources without an SSRC that are about to be removed; what cancels it. */
  readonly #leaving = new Map<RemoteSource, () => void>();
  readonly #speaking: Speaking<RemoteSource>;
  /** There is a session, offered or accepted: without one nothing is signalled. */
  #hasSession = false;
  #media: SessionMedia | undefined;

  constructor(ports: RemoteSourcesPorts) {
    this.#ports = ports;
    this.#speaking = new Speaking({
      clock: ports.mediaClock,
      changed: ({ endpointId, owner }, isSpeaking) =>
        ports.speaks(endpointId, ports.participant(endpointId) ?? owner, isSpeaking),
    });
  }

  tracksOf(endpointId: string): RemoteTrack[] {
    return [...(this.#byOwner.get(endpointId) ?? [])].flatMap(({ name }) => this.tracks.get(name) ?? []);
  }

  /** Videos that are there, muted or not. */
  *videos(): Iterable<RemoteSource> {
    for (const source of this.#byName.values()) if (source.kind === 'video') yield source;
  }

  isKnown(ssrc: number): boolean {
    return this.#bySsrc.has(ssrc);
  }

  /** A session was offered: what is not in it has a moment to come again. */
  offered(sources: SourceSet): void {
    this.#hasSession = true;
    this.added(sources);
    if (this.#ports.isRewriting) return;
    for (const source of this.#byName.values())
      if (!source.isSignalled)
        this.#removeSoon(source, this.#isAnnounced(source) ? returningTime : movingTime);
  }

  /** The session's SSRCs mean nothing any more; tracks wait for the next. */
  sessionEnded(): void {
    this.#hasSession = false;
    this.carriedBy(undefined);
    for (const [source, cancel] of this.#leaving) {
      // Who is not here has not begun anew with us.
      if (this.#isAwaited(source)) continue;
      cancel();
      this.#leaving.delete(source);
    }
    this.away();
    for (const source of this.#byName.values()) source.withdrawn([...source.ssrcs]);
    this.#bySsrc.clear();
  }

  /** Nothing of anybody comes for a while. */
  away(): void {
    for (const source of this.#byName.values()) source.away();
  }

  carriedBy(media: SessionMedia | undefined): void {
    if (media === this.#media) return;
    this.#media = media;
    for (const source of this.#byName.values()) source.carriedBy(media);
  }

  added({ sources, groups }: SourceSet): void {
    const changes = new Map<RemoteSource, { sources: Source[]; groups: SsrcGroup[] }>();
    for (const source of sources) {
      const known = this.#sourceFor(source);
      if (!known) continue;
      this.#bySsrc.set(source.ssrc, known);
      const change = changes.get(known);
      if (change) change.sources.push(source);
      else changes.set(known, { sources: [source], groups: [] });
    }
    for (const group of groups) {
      const known = this.#bySsrc.get(group.ssrcs[0] ?? 0);
      if (!known) continue;
      const change = changes.get(known);
      if (change) change.groups.push(group);
      else changes.set(known, { sources: [], groups: [group] });
    }
    for (const [source, change] of changes) {
      if (!source.isRemoved) this.#signal(source, change.sources, change.groups);
      else for (const { ssrc } of change.sources) this.#bySsrc.delete(ssrc);
    }
  }

  removed({ sources }: SourceSet): void {
    const changes = new Map<RemoteSource, number[]>();
    for (const { ssrc } of sources) {
      const known = this.#bySsrc.get(ssrc);
      // Whose connection broke may be heard all the while, and come back under the same SSRCs.
      if (!known || this.#isAwaited(known)) continue;
      this.#bySsrc.delete(ssrc);
      changes.set(known, [...(changes.get(known) ?? []), ssrc]);
    }
    for (const [source, ssrcs] of changes) {
      source.withdrawn(ssrcs);
      if (source.isSignalled) continue;
      // Its owner's session is moved, perhaps.
      source.away();
      // Who takes a source back for good says so in presence first, or soon.
      if (this.#isAnnounced(source)) this.#removeSoon(source);
      else this.#remove(source);
    }
  }

  /** SSRC rewriting: what SSRCs carry from now on. */
  mapped({ kind, sources }: BridgeEvents['sourcesMapped']): void {
    for (const mapping of sources) {
      const videoType = 'videoType' in mapping && /^desktop/i.test(mapping.videoType) ? 'desktop' : 'camera';
      const { source: name, owner = ownerOf(name), ssrc } = mapping;
      const rtx = 'rtx' in mapping ? mapping.rtx : undefined;
      this.#map({ ssrc, mediaType: kind, owner, name, videoType }, rtx);
    }
  }

  /** Somebody came, or their presence changed. */
  participantChanged(participant: Participant): void {
    for (const source of this.#byOwner.get(participant.id) ?? []) {
      this.#readPresence(source, participant);
      if (source.isSignalled) continue;
      // With rewriting nobody else tells that it is gone.
      if (!this.#isAnnounced(source)) this.#remove(source);
      else if (this.#hasSession && !this.#isShown(source)) this.#removeSoon(source);
    }
  }

  /** @param mayReturn they did not leave, as far as anybody knows: when a server restarts, everybody comes back, one by one */
  participantLeft(participant: Participant, mayReturn: boolean): void {
    for (const source of this.#byOwner.get(participant.id) ?? []) {
      source.owner = participant;
      if (mayReturn) this.#removeSoon(source, comingBackTime);
      else this.#remove(source);
    }
  }

  clear(): void {
    for (const source of this.#byName.values()) this.#remove(source);
    this.#speaking.close();
  }

  #signal(source: RemoteSource, sources: readonly Source[], groups: readonly SsrcGroup[]): void {
    this.#leaving.get(source)?.();
    this.#leaving.delete(source);
    source.signalled(sources, groups);
  }

  /** Undefined for the bridge's own. */
  #sourceFor({ name, owner, mediaType, videoType = 'camera' }: Source): RemoteSource | undefined {
    if (owner === undefined || owner === bridgeOwner) return undefined;
    // As jicofo takes it when a client gives no name.
    const known = name ?? `${owner}-${mediaType === 'audio' ? 'a' : 'v'}0`;
    const source = this.#byName.get(known);
    if (source && source.endpointId !== owner) {
      // The focus checks no names (media dossier 2.5): somebody has called theirs as another's, and is not to be taken for them.
      if (!known.startsWith(`${owner}-`)) return undefined;
      this.#remove(source);
    } else if (source) return source;
    return this.#create(known, owner, mediaType, videoType);
  }

  #create(name: string, endpointId: string, kind: MediaType, videoType: Source['videoType']): RemoteSource {
    const { emit, participant } = this.#ports;
    const clock = this.#clocks.get(endpointId) ?? new SenderClock();
    this.#clocks.set(endpointId, clock);
    const heard: ConstructorParameters<typeof RemoteSource>[3] = (from, level, arrival, duration) =>
      this.#speaking.heard(from, level, arrival, duration);
    const source = new RemoteSource(name, endpointId, kind, heard, clock);
    source.videoType = videoType ?? 'camera';
    const track = new RemoteTrack(source, this.#ports);
    this.#byName.set(name, source);
    this.tracks.set(name, track);
    const owned = this.#byOwner.get(endpointId) ?? new Set();
    this.#byOwner.set(endpointId, owned.add(source));
    const owner = participant(endpointId);
    if (owner) this.#ownedBy(source, owner);
    source.carriedBy(this.#media);
    emit('trackAdded', track);
    return source;
  }

  /** What its owner has said before it was signalled. */
  #ownedBy(source: RemoteSource, owner: Participant): void {
    const { muted, videoType } = presenceOf(source, owner);
    source.owner = owner;
    source.muted = muted;
    // A focus does not know of the screens of older participants, and says camera of them.
    if (videoType === 'desktop') source.videoType = videoType;
  }

  #remove(source: RemoteSource): void {
    const track = this.tracks.get(source.name);
    this.#leaving.get(source)?.();
    this.#leaving.delete(source);
    for (const ssrc of source.ssrcs) this.#bySsrc.delete(ssrc);
    this.#byName.delete(source.name);
    this.tracks.delete(source.name);
    const owned = this.#byOwner.get(source.endpointId);
    owned?.delete(source);
    if (owned?.size === 0) {
      this.#byOwner.delete(source.endpointId);
      this.#clocks.delete(source.endpointId);
    }
    source.remove();
    this.#speaking.gone(source);
    if (track) this.#ports.emit('trackRemoved', track);
  }

  #removeSoon(source: RemoteSource, time: number = movingTime): void {
    if (this.#leaving.has(source)) return;
    const { clock } = this.#ports;
    this.#leaving.set(
      source,
      clock.schedule(time, () => {
        this.#leaving.delete(source);
        if (!this.#isShown(source)) this.#remove(source);
      }),
    );
  }

  #map(mapped: Source, rtx: number | undefined): void {
    const { mediaType, ssrc } = mapped;
    const before = this.#bySsrc.get(ssrc);
    if (!before && this.#bySsrc.size >= mappedLimit) return;
    const source = this.#sourceFor(mapped);
    // All is said again whenever the channel opens.
    if (!source || (source === before && source.streams?.rtxSsrc === rtx)) return;
    if (before) this.#unmap(before);
    this.#unmap(source);
    this.#bySsrc.set(ssrc, source);
    if (rtx === undefined) return this.#signal(source, [mapped], []);
    const group: SsrcGroup = { semantics: 'FID', ssrcs: [ssrc, rtx], mediaType };
    return this.#signal(source, [mapped, { ...mapped, ssrc: rtx }], [group]);
  }

  #unmap(source: RemoteSource): void {
    const ssrcs = [...source.ssrcs];
    for (const ssrc of ssrcs) this.#bySsrc.delete(ssrc);
    source.withdrawn(ssrcs);
  }

  #readPresence(source: RemoteSource, participant: Participant): void {
    const { muted, videoType } = presenceOf(source, participant);
    source.owner = participant;
    if (videoType) source.videoType = videoType;
    if (muted === source.muted) return;
    source.muted = muted;
    const track = this.tracks.get(source.name);
    if (track) this.#ports.emit(muted ? 'trackMuted' : 'trackUnmuted', track);
  }

  /** Its owner is gone, and may come back. */
  #isAwaited(source: RemoteSource): boolean {
    return this.#leaving.has(source) && !this.#ports.participant(source.endpointId);
  }

  /** Its owner is there and lists it, or is of those who list nothing. */
  #isAnnounced({ endpointId, name }: RemoteSource): boolean {
    const participant = this.#ports.participant(endpointId);
    if (!participant) return false;
    return participant.sources?.some((source) => source.name === name) ?? true;
  }

  /** Its owner says that it is on: who cannot reach the bridge for a while goes on saying so, and comes again. */
  #isShown({ endpointId, name }: RemoteSource): boolean {
    const listed = this.#ports.participant(endpointId)?.sources ?? [];
    return listed.some((source) => source.name === name && !source.muted);
  }
}

function presenceOf(
  { kind, name }: RemoteSource,
  participant: Participant,
): { muted: boolean; videoType?: Source['videoType'] } {
  const state = participant.sources?.find((source) => source.name === name);
  if (state) return { muted: state.muted, videoType: state.videoType ?? 'camera' };
  // It is signalled, but presence does not list it (yet), or is of the older form.
  if (kind === 'audio') return { muted: participant.audioMuted };
  const { videoMuted: muted, videoType } = participant;
  return videoType ? { muted, videoType } : { muted };
}

/** A name's part before the last hyphen (lib-jitsi-meet `SignalingLayer.ts`). */
function ownerOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('-')));
}
