/** A conference that we are in: the public object, a facade before what it is made of. */
import type { Listener } from '../base/emitter.ts';
import { UsageError } from '../base/errors.ts';
import type { CloseInfo } from '../conference/io.ts';
import type { Participant } from '../conference/room/roster.ts';
import type { VideoType } from '../jingle/model.ts';
import type { AudioSubscription } from '../jitsi/bridge-messages/index.ts';
import type { Deployment } from '../jitsi/deployment.ts';
import type { FocusState } from '../jitsi/focus-presence.ts';
import type { IceServer } from '../jitsi/ice-servers.ts';
import type { RoomInfo } from '../jitsi/room-info.ts';
import type { ServerAuth } from '../jitsi/server-auth.ts';
import type { DomainServices } from '../jitsi/services.ts';
import type { Bridge } from './bridge/bridge.ts';
import type { Chat } from './chat.ts';
import { checkArgument, optional, text } from './check-arguments.ts';
import { ConferenceCore, type ConferencePhase } from './conference-core.ts';
import type { ConferenceEvents } from './conference-events.ts';
import type { ResolvedJoin } from './join-options.ts';
import type { LowLevel } from './low-level.ts';
import type { LocalTrack } from './media/local/local-track.ts';
import type { RemoteTrack } from './media/remote/remote-track.ts';
import type { LocalTrackOptions } from './media/track-types.ts';
import { checkPropertyName } from './property-name.ts';
import type { Rpc } from './rpc/rpc.ts';
import type { MediaSession } from './session/media-session.ts';
import type { VideoRequest } from './session/video-request.ts';

export class Conference implements AsyncDisposable {
  /** The room's chat. */
  readonly chat: Chat;
  /** Stanzas as they are. */
  readonly xmpp: LowLevel;
  /** Calls between participants, over the bridge. */
  readonly rpc: Rpc;
  /** Resolves when the conference is over, with how it ended. Never rejects. */
  readonly closed: Promise<CloseInfo>;

  readonly #core: ConferenceCore;

  /** Use `join`, `joinRoom` or `joinSession`. */
  constructor(join: ResolvedJoin) {
    const core = new ConferenceCore(join);
    this.#core = core;
    this.chat = core.chat;
    this.xmpp = core.xmpp;
    this.rpc = core.rpc;
    this.closed = core.closed;
  }

  /** Begins; resolves when the room is joined. Called once, by `join` and its like. */
  start(signal: AbortSignal | undefined): Promise<void> {
    return this.#core.start(signal);
  }

  /** Where it is: `joined` from the start on, `reconnecting` while the connection is lost, then `leaving` and `ended`. */
  get state(): ConferencePhase {
    return this.#core.phase;
  }

  /** The room's name, as it is in its address. */
  get room(): string {
    return this.#core.join.conference.address.room;
  }

  /** Address of the room. */
  get roomJid(): string {
    return this.#core.roomJid;
  }

  /** Our own address on the server. */
  get jid(): string {
    return this.#core.machine.jid;
  }

  /** Our id in the room and at the bridge. */
  get endpointId(): string {
    return this.#core.endpointId;
  }

  /** Our display name. */
  get nick(): string {
    return this.#core.machine.ownPresence.displayName ?? '';
  }

  /** Our own presence as the room has it. */
  get self(): Participant | undefined {
    return this.#core.machine.room?.self;
  }

  /** The others, by endpoint id. A change of any fact puts a new object in place of the old one, and `participantChanged` tells. */
  get participants(): ReadonlyMap<string, Participant> {
    return this.#core.machine.room?.participants ?? new Map<string, Participant>();
  }

  get subject(): string {
    return this.#core.machine.room?.subject ?? '';
  }

  /** What the focus says about the conference; undefined while it is not in the room. */
  get focus(): FocusState | undefined {
    return this.#core.machine.room?.focus;
  }

  /** The room's settings, soon after joining. */
  get roomInfo(): RoomInfo | undefined {
    return this.#core.news.roomInfo;
  }

  /** What the server lets us do, by name (`recording`, `send-groupchat`, …); empty until it says so. */
  get permissions(): Readonly<Record<string, boolean>> {
    return this.#core.news.permissions;
  }

  /** Components and features of the deployment, soon after login. */
  get services(): DomainServices | undefined {
    return this.#core.machine.services.domain;
  }

  /** STUN and TURN servers of the deployment. */
  get iceServers(): readonly IceServer[] {
    return this.#core.machine.services.iceServers;
  }

  /** Addresses that were found or chosen, and where from. */
  get deployment(): Deployment | undefined {
    return this.#core.machine.deployment;
  }

  /** What the deployment says of who may come in and how, since the focus answered our request. */
  get serverAuth(): ServerAuth | undefined {
    return this.#core.machine.serverAuth;
  }

  /**
   * The channel to the bridge, and over it to the others: one object for as long as we are in the room, whatever sessions come and go.
   * @throws UsageError `no-bridge` unless the room was joined with `join`
   */
  get bridge(): Bridge {
    if (this.#core.sessions.bridge) return this.#core.sessions.bridge;
    throw new UsageError(
      'conference.bridge: only join() keeps one; after joinSession() call session.openBridge()',
      {
        code: 'no-bridge',
      },
    );
  }

  /** The media session that is on offer now. */
  get session(): MediaSession | undefined {
    return this.#core.sessions.current;
  }

  /**
   * The next media session that no earlier call has returned: one that waits, or the next to be offered, today or in days.
   * @param options.timeout ms, none by default
   * @throws TimeoutError `no-session`, ConnectionError `conference-ended`, or the signal's reason
   */
  nextSession(options: { signal?: AbortSignal; timeout?: number } = {}): Promise<MediaSession> {
    return this.#core.sessions.next(options);
  }

  /** Audio and video of the others, by source name. */
  get tracks(): ReadonlyMap<string, RemoteTrack> {
    return this.#core.media.tracks;
  }

  /** @param participant or an endpoint id */
  tracksOf(participant: Participant | string): readonly RemoteTrack[] {
    return this.#core.media.tracksOf(participant);
  }

  /**
   * Their audio, muted or not; undefined when there is none.
   * @param participant or an endpoint id
   */
  audioOf(participant: Participant | string): RemoteTrack | undefined {
    return this.#core.media.audioOf(participant);
  }

  /**
   * Their camera, or the screen that they show, muted or not; undefined when there is none.
   * @param participant or an endpoint id
   * @throws UsageError `argument-invalid`
   */
  videoOf(participant: Participant | string, type: VideoType = 'camera'): RemoteTrack | undefined {
    return this.#core.media.videoOf(participant, type);
  }

  /** Audio and video of ours. */
  get localTracks(): readonly LocalTrack[] {
    return this.#core.media.localTracks;
  }

  /** Endpoint id of whom the bridge heard last; undefined until it tells. */
  get dominantSpeaker(): string | undefined {
    return this.#core.media.dominantSpeaker;
  }

  /**
   * Announces audio or video of ours, to be sent with `track.send`, now and in every session to come, until it is stopped.
   * @throws UsageError `codec-invalid`, `no-media`; ConnectionError `not-joined`
   */
  addTrack(options: LocalTrackOptions): LocalTrack {
    this.#core.checkNotOver('adding a track');
    return this.#core.media.addTrack(options);
  }

  /**
   * Asks for video, which no bridge sends before. What was asked before and is not named stays; every bridge to come is told too. With
   * `joinSession` it opens the channel of the accepted session.
   * @param request pixels for every source (0: none, -1: no limit), or more
   * @throws UsageError `bridge-message-invalid`; ConnectionError `not-joined`
   */
  requestVideo(request: VideoRequest | number): void {
    this.#core.checkNotOver('asking for video');
    this.#core.media.requestVideo(request);
    this.#core.sessions.openBridge();
  }

  /** Says which audio we want: all, until we say so. Otherwise as {@link requestVideo}. */
  requestAudio(subscription: AudioSubscription): void {
    this.#core.checkNotOver('asking for audio');
    this.#core.media.requestAudio(subscription);
    this.#core.sessions.openBridge();
  }

  /** As all that changes our own presence: @returns false when nobody is told, for we leave or the conference has ended */
  raiseHand(): boolean {
    return this.#core.present({ handRaisedAt: this.#core.join.clock.now() });
  }

  /** @returns as {@link raiseHand} */
  lowerHand(): boolean {
    return this.#core.present({ handRaisedAt: 0 });
  }

  /** Changes our display name. @returns as {@link raiseHand} @throws UsageError `argument-invalid` */
  setNick(nick: string): boolean {
    checkArgument('changing our display name', 'the name', text, nick);
    return this.#core.present({ displayName: nick === '' ? undefined : nick });
  }

  /**
   * Sets a participant property (`jitsi_participant_NAME` in our presence); undefined removes it.
   * @returns as {@link raiseHand}
   * @throws UsageError `property-name-invalid`, `argument-invalid`
   */
  setProperty(name: string, value: string | undefined): boolean {
    checkPropertyName(name);
    checkArgument(`setting the property ${name}`, 'its value', optional(text), value);
    const { [name]: _, ...others } = this.#core.machine.ownPresence.properties;
    return this.#core.present({ properties: value === undefined ? others : { ...others, [name]: value } });
  }

  /**
   * Enters the room anew, now: while the connection is lost without waiting for the next try, else by giving up the connection that is there.
   * Resolves when we are in the room again.
   * @param options.signal gives up waiting; the room is entered all the same
   * @throws ConnectionError `not-joined`, `conference-ended`; UsageError `reconnect-off`; or the signal's reason
   */
  rejoin(options: { signal?: AbortSignal } = {}): Promise<void> {
    return this.#core.rejoin(options);
  }

  /**
   * Leaves the room and closes the connection. May be called at any time and more than once.
   * @param reason shown to the others
   * @throws UsageError `argument-invalid`
   */
  leave(reason?: string): Promise<void> {
    return this.#core.leave(reason);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.leave();
  }

  /**
   * Calls `listener` at every `event`; the returned function ends that. A listener that throws, or whose promise rejects, causes a `warning`.
   * @throws UsageError `event-unknown`, `listener-invalid`
   */
  on<Name extends keyof ConferenceEvents>(
    event: Name,
    listener: Listener<ConferenceEvents[Name]>,
  ): () => void {
    return this.#core.emitter.on(event, listener);
  }

  /** Like {@link on}, for one time. */
  once<Name extends keyof ConferenceEvents>(
    event: Name,
    listener: Listener<ConferenceEvents[Name]>,
  ): () => void {
    return this.#core.emitter.once(event, listener);
  }

  off<Name extends keyof ConferenceEvents>(event: Name, listener: Listener<ConferenceEvents[Name]>): void {
    this.#core.emitter.off(event, listener);
  }
}
