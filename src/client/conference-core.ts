/** What a conference is made of, and its life from the first input to the end. It holds no protocol logic; that is the machine's. */
import { Emitter } from '../base/emitter.ts';
import { ConnectionError, type JitsiError, UsageError } from '../base/errors.ts';
import { onAbort } from '../base/on-abort.ts';
import { type Resolvers, withResolvers } from '../base/resolvers.ts';
import { waitFor } from '../base/wait-for.ts';
import type { CloseInfo } from '../conference/io.ts';
import { ConferenceMachine } from '../conference/machine.ts';
import { isOver } from '../conference/state.ts';
import type { OwnPresenceChange } from '../conference/room/own-presence.ts';
import type { MediaType } from '../jingle/model.ts';
import type { SessionCommand } from '../jingle/session-io.ts';
import { buildUnmute } from '../jitsi/mute.ts';
import { hideInError } from '../jitsi/redact/carriers.ts';
import type { XmlElement } from '../xml/element.ts';
import { iqSet } from '../xmpp/stanza.ts';
import { Chat } from './chat.ts';
import { checkArgument, checkOptions, optional, signalKinds, text } from './check-arguments.ts';
import { conferenceEventNames, type ConferenceEvents } from './conference-events.ts';
import { EventRelay } from './event-relay.ts';
import { conferenceEnded, listenerFailed, notConnected, notJoined } from './failures.ts';
import type { ResolvedJoin } from './join-options.ts';
import { LowLevel } from './low-level.ts';
import { ConferenceMedia } from './media/conference-media.ts';
import { Requests } from './requests.ts';
import { Rpc } from './rpc/rpc.ts';
import { ConferenceRunner } from './runner.ts';
import { Sessions } from './session/sessions.ts';
import { checkPresenceSize, checkStanzaSize } from './stanza-size.ts';

/** Where a conference is, as users see it. `reconnecting`: it was joined, and its connection is lost. */
export type ConferencePhase = 'joining' | 'joined' | 'reconnecting' | 'leaving' | 'ended';

export class ConferenceCore {
  readonly join: ResolvedJoin;
  readonly machine: ConferenceMachine;
  readonly emitter: Emitter<ConferenceEvents>;
  readonly chat: Chat;
  readonly xmpp: LowLevel;
  readonly media: ConferenceMedia;
  readonly rpc: Rpc;
  readonly sessions: Sessions;
  readonly news: EventRelay;
  /** Never rejects. */
  readonly closed: Promise<CloseInfo>;
  readonly #runner: ConferenceRunner;
  readonly #requests = new Requests();
  readonly #joined: Resolvers<void> = withResolvers();
  readonly #closed: Resolvers<CloseInfo> = withResolvers();

  constructor(join: ResolvedJoin) {
    join.guard.failed = (what, error) => this.#callbackFailed(what, error);
    this.join = join;
    this.closed = this.#closed.promise;
    // Nobody may be waiting for it, as when the room was joined long ago.
    this.#joined.promise.catch(() => {});
    this.emitter = new Emitter(conferenceEventNames, (error, event) => this.#listenerFailed(error, event));
    this.machine = new ConferenceMachine(join.conference, join.random);
    this.#runner = new ConferenceRunner(this.machine, join, {
      event: (event) => this.news.relay(event),
      answer: (id, outcome) => this.#requests.answer(id, outcome),
      joined: () => this.#joined.resolve(),
      renamed: () => this.media.renew(),
      ended: (info) => this.#ended(info),
      networkChanged: () => this.sessions.networkChanged(),
    });
    this.chat = this.#makeChat();
    this.xmpp = this.#makeLowLevel();
    this.media = this.#makeMedia();
    this.rpc = this.#makeRpc();
    this.sessions = this.#makeSessions();
    this.news = new EventRelay(this.emitter, this.sessions);
  }

  get roomJid(): string {
    return this.machine.room?.jid ?? '';
  }

  get endpointId(): string {
    return this.machine.room?.occupantJid.split('/')[1] ?? '';
  }

  get phase(): ConferencePhase {
    const { absence, state } = this.machine;
    if (state.name === 'ended') return 'ended';
    if (this.isOver) return 'leaving';
    if (state.name === 'joined') return 'joined';
    return absence ? 'reconnecting' : 'joining';
  }

  /** Nothing can be done any more: we leave, or the conference has ended. */
  get isOver(): boolean {
    return isOver(this.machine.state);
  }

  /** Begins; resolves when the room is joined. */
  async start(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    if (this.join.access.insecure) {
      this.join.logger.log(
        'warn',
        'certificates are not checked (insecure): whoever is on the way can read and change everything',
      );
    }
    const off = onAbort(signal, () => {
      this.#joined.reject(signal?.reason);
      this.#runner.input({ type: 'leave' });
    });
    void this.closed.then(off);
    this.#runner.input({ type: 'start' });
    await this.#joined.promise;
  }

  async leave(reason: string | undefined): Promise<void> {
    checkArgument('leaving the room', 'the reason', optional(text), reason);
    this.#runner.input(reason === undefined ? { type: 'leave' } : { type: 'leave', reason });
    await this.closed;
    await this.sessions.closed();
  }

  /** Resolves when we are in the room again. */
  async rejoin(options: { signal?: AbortSignal }): Promise<void> {
    const tried = 'joining again';
    checkOptions(tried, signalKinds, options);
    const { phase } = this;
    if (phase !== 'joined' && phase !== 'reconnecting') throw notJoined(tried, this.machine.state.name);
    if (!this.join.conference.reconnect)
      throw new UsageError(`${tried}: the conference was joined with \`reconnect: false\``, {
        code: 'reconnect-off',
      });
    await waitFor((wait) => {
      wait.after(this.emitter.on('reconnected', () => wait.resolve()));
      wait.after(this.emitter.on('ended', () => wait.reject(conferenceEnded(tried))));
      this.#runner.input({ type: 'rejoin' });
    }, options.signal);
  }

  /** @returns false: nobody is told any more, for it is over @throws UsageError `stanza-too-long` */
  present(change: OwnPresenceChange): boolean {
    if (this.isOver) return false;
    checkPresenceSize(change, this.machine.maxBytes);
    this.#runner.input({ type: 'update-presence', change });
    return true;
  }

  /** @throws ConnectionError `not-joined` */
  checkNotOver(tried: string): void {
    if (this.isOver) throw notJoined(tried, this.machine.state.name);
  }

  #makeChat(): Chat {
    return new Chat({
      ...this.#stanzaPorts(),
      say: (stanza, signal) => this.#say(stanza, signal),
      roomJid: () => this.roomJid,
      isHere: (id) => this.machine.room?.isHere(id) === true,
    });
  }

  #makeLowLevel(): LowLevel {
    return new LowLevel({
      ...this.#stanzaPorts(),
      request: (iq, options) => this.#request(iq, options),
      focusJid: () => `${this.roomJid}/focus`,
    });
  }

  #makeMedia(): ConferenceMedia {
    const { join } = this;
    return new ConferenceMedia({
      ...join,
      ...join.carrier,
      on: (event, listener) => this.emitter.on(event, listener),
      emitter: this.emitter,
      endpointId: () => this.endpointId,
      participants: () => this.machine.room?.participants ?? new Map(),
      present: (sources) => void this.present({ sources }),
      askToUnmute: (kind) => this.#askToUnmute(kind),
      observe: (endpointId, change) => this.#runner.input({ type: 'observed', endpointId, change }),
      checkNotOver: (tried) => this.checkNotOver(tried),
      openBridge: () => this.sessions.openBridge(),
      warn: (error) => this.#warn(error),
    });
  }

  #makeRpc(): Rpc {
    const { clock, random } = this.join;
    return new Rpc({
      clock,
      random,
      on: (event, listener) => this.emitter.on(event, listener),
      endpointId: () => this.endpointId,
      participants: () => this.machine.room?.participants ?? new Map(),
      isOver: () => this.isOver,
      warn: (error) => this.#warn(error),
    });
  }

  #makeSessions(): Sessions {
    const { join } = this;
    return new Sessions({
      ...join,
      on: (event, listener) => this.emitter.on(event, listener),
      media: this.media,
      bridgeMade: (bridge) => this.rpc.useBridge(bridge),
      room: join.conference.address.room,
      others: () => this.machine.room?.participants.size ?? 0,
      isAway: () => this.phase === 'reconnecting',
      endpoints: () => [...(this.machine.room?.participants.keys() ?? [])],
      isHere: (id) => this.machine.room?.isHere(id) === true,
      isPlain: () => this.machine.deployment?.websocketUrl.startsWith('ws:') ?? false,
      channelPreference: () => this.machine.deployment?.bridgeChannel,
      endpointId: () => this.endpointId,
      iceServers: () => this.machine.services.iceServers,
      command: (sid, command) => this.#sessionCommand(sid, command),
      transportConnected: (session, candidatePair) =>
        this.emitter.emit('transportConnected', { session, candidatePair }),
      present: (sources) => void this.present({ sources }),
      transportFailed: (session, error) => this.emitter.emit('transportFailed', { session, error }),
      warn: (error) => this.#warn(error),
    });
  }

  #stanzaPorts(): Pick<ConstructorParameters<typeof LowLevel>[0], 'nextId' | 'send' | 'on' | 'isOver'> {
    return {
      nextId: () => this.machine.nextId(),
      send: (stanza) => this.#send(stanza),
      on: (event, listener) => this.emitter.on(event, listener),
      isOver: () => this.isOver,
    };
  }

  /** @throws ConnectionError `not-joined`, `not-connected` */
  #checkJoined(tried: string): void {
    if (this.phase === 'reconnecting') throw notConnected(tried);
    if (this.phase !== 'joined') throw notJoined(tried, this.machine.state.name);
  }

  /** A chat message, now or when there is a connection again. */
  async #say(stanza: XmlElement, signal: AbortSignal | undefined): Promise<void> {
    const tried = 'sending a chat message';
    if (this.phase !== 'reconnecting') this.#checkJoined(tried);
    checkStanzaSize(stanza, this.machine.maxBytes);
    const say = (): void => this.#runner.input({ type: 'say', stanza });
    await this.#requests.ask(stanza.attrs.id ?? '', tried, say, signal);
  }

  #send(stanza: XmlElement): void {
    this.#checkJoined(`sending a ${stanza.name}`);
    checkStanzaSize(stanza, this.machine.maxBytes);
    this.#runner.input({ type: 'send', stanza });
  }

  async #request(
    iq: XmlElement,
    { tried, timeout, signal }: { tried: string; timeout: number; signal?: AbortSignal | undefined },
  ): Promise<XmlElement> {
    this.#checkJoined(tried);
    checkStanzaSize(iq, this.machine.maxBytes);
    const id = iq.attrs.id ?? this.machine.nextId();
    const ask = (): void =>
      this.#runner.input({ type: 'request', iq: { ...iq, attrs: { ...iq.attrs, id } }, tried, timeout });
    return this.#requests.ask(id, tried, ask, signal);
  }

  async #askToUnmute(kind: MediaType): Promise<void> {
    const { focusJid, occupantJid } = this.machine.room ?? { focusJid: '', occupantJid: '' };
    await this.xmpp.request(iqSet(focusJid, this.xmpp.nextId(), buildUnmute(kind, occupantJid)));
  }

  /** Once a session has ended, its own end is what is answered. */
  async #sessionCommand(sid: string, command: SessionCommand): Promise<void> {
    const id = this.machine.nextId();
    await this.#requests.ask(id, `${command.type} for session ${sid}`, () =>
      this.#runner.input({ type: 'session-command', sid, id, command }),
    );
  }

  #ended(info: CloseInfo): void {
    this.#joined.reject(
      info.error ??
        new ConnectionError(`the room was left before it was joined (${info.reason})`, {
          code: 'conference-ended',
        }),
    );
    this.#requests.close();
    this.sessions.close();
    this.emitter.emit('ended', { info });
    this.emitter.removeAll();
    this.#closed.resolve(info);
  }

  #warn(error: JitsiError): void {
    this.emitter.emit('warning', { error: hideInError(error, this.join.secrets) });
  }

  /** It mostly fails from the start, when nobody can listen yet. */
  #callbackFailed(what: string, error: unknown): void {
    const { clock } = this.join;
    const tell = (): void => this.#warn(listenerFailed(what, error));
    this.#joined.promise.then(
      () => clock.schedule(0, tell),
      () => {},
    );
  }

  /** A listener's own error: reported once as an event, unless the listener for that fails too. */
  #listenerFailed(error: unknown, event: keyof ConferenceEvents): void {
    const failure = listenerFailed(`a listener of ${event}`, error);
    this.join.logger.log('error', failure.message);
    if (event !== 'warning') this.#warn(failure);
  }
}
