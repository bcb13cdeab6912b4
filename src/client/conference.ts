/** A conference that we are in: the public object. It holds no protocol logic; that is the conference machine's. */
import { Emitter, type Listener } from '../base/emitter.ts';
import { ConnectionError, type JitsiError, messageOf, ProtocolError, UsageError } from '../base/errors.ts';
import { withResolvers, type Resolvers } from '../base/resolvers.ts';
import type { ConferenceEvent } from '../conference/events.ts';
import type { CloseInfo } from '../conference/io.ts';
import { ConferenceMachine } from '../conference/machine.ts';
import type { OwnPresenceChange } from '../conference/own-presence.ts';
import type { ParticipantState } from '../conference/roster.ts';
import type { MediaType } from '../jingle/model.ts';
import type { SessionCommand } from '../jingle/session-io.ts';
import type { AudioSubscription } from '../jitsi/bridge-messages/index.ts';
import type { Deployment } from '../jitsi/deployment.ts';
import type { FocusState } from '../jitsi/focus-presence.ts';
import type { IceServer } from '../jitsi/ice-servers.ts';
import { buildUnmute } from '../jitsi/mute.ts';
import { hideInError } from '../jitsi/redact/carriers.ts';
import type { RoomInfo } from '../jitsi/room-info.ts';
import type { DomainServices } from '../jitsi/services.ts';
import type { XmlElement } from '../xml/element.ts';
import type { IqOutcome } from '../xmpp/iq-tracker.ts';
import { iqSet } from '../xmpp/stanza.ts';
import type { Bridge } from './bridge/bridge.ts';
import { Chat } from './chat.ts';
import type { ConferenceEvents } from './conference-events.ts';
import type { ResolvedJoin } from './join-options.ts';
import { LowLevel } from './low-level.ts';
import type { VideoRequest } from './session/video-request.ts';
import { ConferenceMedia } from './media/conference-media.ts';
import type { LocalTrack } from './media/local-track.ts';
import type { RemoteTrack } from './media/remote-track.ts';
import type { LocalTrackOptions } from './media/track-types.ts';
import type { MediaSession } from './session/media-session.ts';
import { ConferenceRunner } from './runner.ts';
import { Sessions } from './session/sessions.ts';

export class Conference implements AsyncDisposable {
  /** The room's chat. */
  readonly chat: Chat;
  /** Stanzas as they are. */
  readonly xmpp: LowLevel;
  /** Resolves when the conference is over, with how it ended. Never rejects. */
  readonly closed: Promise<CloseInfo>;

  readonly #join: ResolvedJoin;
  readonly #machine: ConferenceMachine;
  readonly #runner: ConferenceRunner;
  readonly #emitter: Emitter<ConferenceEvents>;
  readonly #answers = new Map<string, Resolvers<XmlElement>>();
  readonly #joined: Resolvers<void> = withResolvers();
  readonly #closed: Resolvers<CloseInfo> = withResolvers();
  readonly #media: ConferenceMedia;
  readonly #sessions: Sessions;
  #roomInfo: RoomInfo | undefined;
  #permissions: Readonly<Record<string, boolean>> = {};

  /** Use `join`, `joinRoom` or `joinSession`. */
  constructor(join: ResolvedJoin) {
    this.#join = join;
    this.closed = this.#closed.promise;
    this.#emitter = new Emitter((error, event) => this.#listenerFailed(error, event));
    this.#machine = new ConferenceMachine(join.conference, join.random);
    this.#runner = new ConferenceRunner(this.#machine, join, {
      event: (event) => this.#event(event),
      answer: (id, outcome) => this.#answer(id, outcome),
      joined: () => this.#joined.resolve(),
      ended: (info) => this.#ended(info),
    });
    const on = this.on.bind(this);
    const nextId = (): string => this.#machine.nextId();
    const send = (stanza: XmlElement): void => this.#send(stanza);
    this.chat = new Chat({
      nextId,
      send,
      on,
      schedule: (delay, run) => join.clock.schedule(delay, run),
      roomJid: () => this.roomJid,
    });
    this.xmpp = new LowLevel({
      nextId,
      send,
      on,
      request: (iq, tried, timeout) => this.#request(iq, tried, timeout),
      focusJid: () => `${this.roomJid}/focus`,
    });
    const warn = (error: JitsiError): void =>
      this.#emitter.emit('warning', { error: hideInError(error, join.secrets) });
    this.#media = new ConferenceMedia({
      ...join,
      ...join.carrier,
      on,
      emitter: this.#emitter,
      endpointId: () => this.endpointId,
      participants: () => this.participants,
      present: (sources) => this.#present({ sources }),
      askToUnmute: (kind) => this.#askToUnmute(kind),
      warn,
    });
    this.#sessions = new Sessions({
      ...join,
      on,
      media: this.#media,
      room: this.room,
      others: () => this.participants.size,
      isPlain: () => this.deployment?.websocketUrl.startsWith('ws:') ?? false,
      channelPreference: () => this.deployment?.bridgeChannel,
      endpointId: () => this.endpointId,
      iceServers: () => this.iceServers,
      command: (sid, command) => this.#sessionCommand(sid, command),
      transportFailed: (session, error) => this.#emitter.emit('transportFailed', { session, error }),
      warn,
    });
  }

  /** Begins; resolves when the room is joined. Called once, by `join` and its like. */
  async start(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    if (this.#join.access.insecure) {
      this.#join.logger.log(
        'warn',
        'certificates are not checked (insecure): whoever is on the way can read and change everything',
      );
    }
    const abort = (): void => {
      this.#joined.reject(signal?.reason);
      this.#runner.input({ type: 'leave' });
    };
    signal?.addEventListener('abort', abort, { once: true });
    void this.closed.then(() => signal?.removeEventListener('abort', abort));
    this.#runner.input({ type: 'start' });
    await this.#joined.promise;
  }

  /** The room's name, as it is in its address. */
  get room(): string {
    return this.#join.conference.address.room;
  }

  /** Address of the room. */
  get roomJid(): string {
    return this.#machine.room?.jid ?? '';
  }

  /** Our own address on the server. */
  get jid(): string {
    return this.#machine.jid;
  }

  /** Our id in the room and at the bridge. */
  get endpointId(): string {
    return this.#machine.room?.occupantJid.split('/')[1] ?? '';
  }

  /** Our display name. */
  get nick(): string {
    return this.#machine.ownPresence.displayName ?? '';
  }

  /** Our own presence as the room has it. */
  get self(): ParticipantState | undefined {
    return this.#machine.room?.self;
  }

  /** The others, by endpoint id. A change puts a new object in place of the old one. */
  get participants(): ReadonlyMap<string, ParticipantState> {
    return this.#machine.room?.participants ?? new Map<string, ParticipantState>();
  }

  get subject(): string {
    return this.#machine.room?.subject ?? '';
  }

  /** What the focus says about the conference; undefined while it is not in the room. */
  get focus(): FocusState | undefined {
    return this.#machine.room?.focus;
  }

  /** The room's settings, soon after joining. */
  get roomInfo(): RoomInfo | undefined {
    return this.#roomInfo;
  }

  /** What the server lets us do, by name (`recording`, `send-groupchat`, …); empty until it says so. */
  get permissions(): Readonly<Record<string, boolean>> {
    return this.#permissions;
  }

  /** Components and features of the deployment, soon after login. */
  get services(): DomainServices | undefined {
    return this.#machine.services.domain;
  }

  /** STUN and TURN servers of the deployment. */
  get iceServers(): readonly IceServer[] {
    return this.#machine.services.iceServers;
  }

  /** Addresses that were found or chosen, and where from. */
  get deployment(): Deployment | undefined {
    return this.#machine.deployment;
  }

  /**
   * The channel to the bridge, and over it to the others: one object for as long as we are in the room, whatever sessions come and go.
   * @throws UsageError `no-bridge` unless the room was joined with `join`
   */
  get bridge(): Bridge {
    if (this.#sessions.bridge) return this.#sessions.bridge;
    throw new UsageError(
      'conference.bridge: only join() keeps one; after joinSession() call session.openBridge()',
      {
        code: 'no-bridge',
      },
    );
  }

  /** The media session that is on offer now. */
  get session(): MediaSession | undefined {
    return this.#sessions.current;
  }

  /**
   * The next media session that no earlier call has returned: one that waits, or the next to be offered, today or in days.
   * @param options.timeout ms, none by default
   * @throws TimeoutError `no-session`, ConnectionError `conference-ended`, or the signal's reason
   */
  nextSession(options: { signal?: AbortSignal; timeout?: number } = {}): Promise<MediaSession> {
    return this.#sessions.next(options);
  }

  /** Audio and video of the others, by source name. */
  get tracks(): ReadonlyMap<string, RemoteTrack> {
    return this.#media.tracks;
  }

  /** @param participant or an endpoint id */
  tracksOf(participant: ParticipantState | string): readonly RemoteTrack[] {
    return this.#media.tracksOf(participant);
  }

  /** Audio and video of ours. */
  get localTracks(): readonly LocalTrack[] {
    return this.#media.localTracks;
  }

  /** Endpoint id of whom the bridge heard last; undefined until it tells. */
  get dominantSpeaker(): string | undefined {
    return this.#media.dominantSpeaker;
  }

  /**
   * Announces audio or video of ours, to be sent with `track.send`, now and in every session to come, until it is stopped.
   * @throws UsageError `codec-invalid`, `no-media`
   */
  addTrack(options: LocalTrackOptions): LocalTrack {
    return this.#media.addTrack(options);
  }

  /**
   * Asks for video, which no bridge sends before. What was asked before and is not named stays; every bridge to come is told too. With
   * `joinSession` it opens the channel of the accepted session.
   * @param request pixels for every source (0: none, -1: no limit), or more
   * @throws UsageError `bridge-message-invalid`
   */
  requestVideo(request: VideoRequest | number): void {
    this.#media.requestVideo(request);
    this.#sessions.openBridge();
  }

  /** Says which audio we want: all, until we say so. Otherwise as {@link requestVideo}. */
  requestAudio(subscription: AudioSubscription): void {
    this.#media.requestAudio(subscription);
    this.#sessions.openBridge();
  }

  raiseHand(): void {
    this.#present({ handRaisedAt: this.#join.clock.now() });
  }

  lowerHand(): void {
    this.#present({ handRaisedAt: 0 });
  }

  /** Changes our display name. */
  setNick(nick: string): void {
    this.#present({ displayName: nick === '' ? undefined : nick });
  }

  /** Sets a participant property (`jitsi_participant_NAME` in our presence); undefined removes it. */
  setProperty(name: string, value: string | undefined): void {
    if (!/^[A-Za-z_][\w.-]*$/.test(name)) {
      throw new UsageError(
        `participant property ${JSON.stringify(name)}: only letters, digits, _ . - are allowed`,
        {
          code: 'property-name-invalid',
        },
      );
    }
    const { [name]: _, ...others } = this.#machine.ownPresence.properties;
    this.#present({ properties: value === undefined ? others : { ...others, [name]: value } });
  }

  /**
   * Leaves the room and closes the connection. May be called at any time and more than once.
   * @param reason shown to the others
   */
  async leave(reason?: string): Promise<void> {
    this.#runner.input(reason === undefined ? { type: 'leave' } : { type: 'leave', reason });
    await this.closed;
    await this.#sessions.closed();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.leave();
  }

  /** Calls `listener` at every `event`; the returned function ends that. A listener that throws causes a `warning`. */
  on<Name extends keyof ConferenceEvents>(
    event: Name,
    listener: Listener<ConferenceEvents[Name]>,
  ): () => void {
    return this.#emitter.on(event, listener);
  }

  /** Like {@link on}, for one time. */
  once<Name extends keyof ConferenceEvents>(
    event: Name,
    listener: Listener<ConferenceEvents[Name]>,
  ): () => void {
    const off = this.#emitter.on(event, (payload) => {
      off();
      listener(payload);
    });
    return off;
  }

  off<Name extends keyof ConferenceEvents>(event: Name, listener: Listener<ConferenceEvents[Name]>): void {
    this.#emitter.off(event, listener);
  }

  #event(event: ConferenceEvent): void {
    switch (event.name) {
      case 'sessionOffered': {
        const session = this.#sessions.offered(event.payload.session);
        this.#emitter.emit('sessionOffered', { session });
        return;
      }
      case 'sessionEnded': {
        const session = this.#sessions.ended(event.payload.session);
        this.#emitter.emit('sessionEnded', { session, end: event.payload.end });
        return;
      }
      case 'sessionAccepted':
      case 'sourcesAdded':
      case 'sourcesRemoved':
      case 'transportChanged': {
        const session = this.#sessions.of(event.payload.session);
        // As below.
        this.#emitter.emit(event.name as 'sessionAccepted', { ...event.payload, session });
        return;
      }
      case 'participantChanged': {
        this.#emitter.emit('participantChanged', event.payload);
        const { participant, changed } = event.payload;
        if (!changed.includes('handRaisedAt')) return;
        this.#emitter.emit(participant.handRaisedAt === undefined ? 'handLowered' : 'handRaised', {
          participant,
        });
        return;
      }
      case 'roomInfoChanged':
        this.#roomInfo = event.payload.room;
        break;
      case 'permissionsChanged':
        this.#permissions = event.payload.permissions;
        break;
      default:
    }
    // The compiler cannot see that name and payload belong together; the union of events says so.
    this.#emitter.emit(event.name as 'warning', event.payload as ConferenceEvents['warning']);
  }

  #present(change: OwnPresenceChange): void {
    this.#runner.input({ type: 'update-presence', change });
  }

  #send(stanza: XmlElement): void {
    const { name } = this.#machine.state;
    if (name !== 'joined')
      throw new ConnectionError(`sending a ${stanza.name}: we are not in the room (${name})`, {
        code: 'not-joined',
      });
    this.#runner.input({ type: 'send', stanza });
  }

  #request(iq: XmlElement, tried: string, timeout: number): Promise<XmlElement> {
    const id = iq.attrs.id ?? this.#machine.nextId();
    if (this.#answers.has(id))
      throw new UsageError(`${tried}: a request with the id ${id} is under way`, { code: 'iq-id' });
    const answer = withResolvers<XmlElement>();
    this.#answers.set(id, answer);
    this.#runner.input({ type: 'request', iq: { ...iq, attrs: { ...iq.attrs, id } }, tried, timeout });
    return answer.promise;
  }

  async #askToUnmute(kind: MediaType): Promise<void> {
    const { focusJid, occupantJid } = this.#machine.room ?? { focusJid: '', occupantJid: '' };
    await this.xmpp.request(iqSet(focusJid, this.xmpp.nextId(), buildUnmute(kind, occupantJid)));
  }

  async #sessionCommand(sid: string, command: SessionCommand): Promise<void> {
    const id = this.#machine.nextId();
    const answer = withResolvers<XmlElement>();
    this.#answers.set(id, answer);
    this.#runner.input({ type: 'session-command', sid, id, command });
    await answer.promise;
  }

  #answer(id: string, outcome: IqOutcome): void {
    const answer = this.#answers.get(id);
    this.#answers.delete(id);
    if (outcome.ok) answer?.resolve(outcome.result);
    else answer?.reject(outcome.error);
  }

  #ended(info: CloseInfo): void {
    const reason =
      info.error ??
      new ConnectionError(`the room was left before it was joined (${info.reason})`, {
        code: 'conference-ended',
      });
    this.#joined.reject(reason);
    // Nobody may have waited for it, as when the room was joined long ago.
    this.#joined.promise.catch(() => {});
    this.#sessions.close();
    this.#emitter.emit('ended', { info });
    this.#emitter.removeAll();
    this.#closed.resolve(info);
  }

  /** A listener's own error: reported once as an event, unless the listener for that fails too. */
  #listenerFailed(error: unknown, event: keyof ConferenceEvents): void {
    const failure = new ProtocolError(`a listener of ${event} failed: ${messageOf(error)}`, {
      code: 'listener-failed',
      cause: error,
    });
    this.#join.logger.log('error', failure.message);
    if (event !== 'warning') this.#emitter.emit('warning', { error: failure });
  }
}
