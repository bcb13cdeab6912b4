/**
 * A conference from the first input to the last: into the room, being there, the connection that comes and goes, leaving. A pure
 * machine: `handle` takes an input and returns effects, `nextTimeout` says when a `tick` is due. Everything that happens
 * can be recorded and replayed.
 *
 * idle → discovering → connecting → logging-in → requesting → entering → joined → leaving → closing → ended, and back to
 * connecting from a login that failed in one flight and from a WebSocket that came to nothing. A conference that was joined goes from there, and
 * from all states on the way back to it, to `interrupted` when its connection is lost.
 */
import { defined } from '../base/defined.ts';
import { earliest } from '../base/earliest.ts';
import { ConnectionError, JitsiError, messageOf, ProtocolError } from '../base/errors.ts';
import type { RandomBytes } from '../base/random.ts';
import type { ServerAuth } from '../jitsi/server-auth.ts';
import { resourceOf } from '../xmpp/jid.ts';
import { Attendance } from './attendance.ts';
import { ChatOutbox } from './chat-outbox.ts';
import { Connection, type ConnectionSink } from './connection/connection.ts';
import type { ConferenceContext } from './context.ts';
import { DeploymentServices } from './deployment-services.ts';
import type { Discovery } from './discovery.ts';
import { EarlyWarnings } from './early-warnings.ts';
import { Entrance } from './entrance.ts';
import { Farewell } from './farewell.ts';
import type { ConferenceEffect, ConferenceInput, HttpPurpose } from './io.ts';
import { joinTimeout } from './join-errors.ts';
import { JingleSessions } from './sessions/jingle-sessions.ts';
import { type ConferenceOptions, timing } from './options.ts';
import { Outbox } from './outbox.ts';
import { initialPresence, OwnPresenceState } from './room/own-presence.ts';
import { Comeback } from './reconnect/comeback.ts';
import type { Absence } from './reconnect/reconnection.ts';
import { Requests } from './requests.ts';
import type { Room } from './room/room.ts';
import { type ConferenceState, isOver, type Transition } from './state.ts';

export class ConferenceMachine {
  readonly services: DeploymentServices = new DeploymentServices((message, fields) =>
    this.#outbox.log('debug', message, fields),
  );
  readonly sessions: JingleSessions;
  readonly #options: ConferenceOptions;
  readonly #own: OwnPresenceState;
  readonly #outbox: Outbox = new Outbox();
  readonly #connection: Connection;
  readonly #requests: Requests;
  readonly #entrance: Entrance;
  readonly #chat: ChatOutbox;
  readonly #comeback: Comeback;
  readonly #farewell: Farewell;
  readonly #attendance: Attendance;
  readonly #earlyWarnings: EarlyWarnings = new EarlyWarnings();
  readonly #onTransition: (transition: Transition) => void;
  #state: ConferenceState = { name: 'idle' };
  #joinDeadline: number | undefined;

  /** @param onTransition called at every step from state to state, for logs and tests */
  constructor(
    options: ConferenceOptions,
    random: RandomBytes,
    onTransition: (transition: Transition) => void = () => {},
  ) {
    this.#options = options;
    this.#onTransition = onTransition;
    this.sessions = new JingleSessions(options.offers);
    this.#own = new OwnPresenceState(initialPresence(options));
    this.#connection = new Connection(options, random, this.#connectionSink());
    this.#requests = new Requests(this.#connection, this.#outbox);
    this.#chat = new ChatOutbox(options.chat, {
      send: (stanza, now) => this.#connection.send(stanza, now),
      askForAcknowledgement: (now) => this.#connection.askForAcknowledgement(now),
      answer: (id, outcome) => this.#outbox.push({ type: 'answer', id, outcome }),
      isHere: (occupantJid) => this.room?.isHere(resourceOf(occupantJid)) === true,
    });
    this.#entrance = new Entrance({
      options,
      random,
      connection: this.#connection,
      requests: this.#requests,
      outbox: this.#outbox,
      own: this.#own,
      services: this.services,
      sessions: this.sessions,
      state: () => this.#state.name,
      enter: (state, why) => this.#enter(state, why),
      failed: (error, now) => this.#fail(error, now),
      // A stream that can be resumed waits for the next try.
      postponed: (error, now) => (this.absence ? this.#comeback.lost(error, now) : this.#fail(error, now)),
      warn: (error) => this.#warn(error),
    });
    this.#comeback = new Comeback({
      policy: options.reconnect,
      random,
      connection: this.#connection,
      entrance: this.#entrance,
      chat: this.#chat,
      outbox: this.#outbox,
      room: () => this.room,
      state: () => this.#state,
      enter: (state, why) => this.#enter(state, why),
      endSessions: () => this.#requests.sessionSteps(this.sessions.clear()),
      end: (info, why, now) => this.#farewell.close(info, why, now),
    });
    this.#farewell = new Farewell({
      options,
      connection: this.#connection,
      entrance: this.#entrance,
      requests: this.#requests,
      sessions: this.sessions,
      outbox: this.#outbox,
      state: () => this.#state,
      stopComing: () => this.#comeback.stop(),
      enter: (state, why) => this.#enter(state, why),
    });
    this.#attendance = new Attendance({
      random,
      connection: this.#connection,
      requests: this.#requests,
      outbox: this.#outbox,
      entrance: this.#entrance,
      comeback: this.#comeback,
      farewell: this.#farewell,
      chat: this.#chat,
      own: this.#own,
      sessions: this.sessions,
      earlyWarnings: this.#earlyWarnings,
      known: (tried) => this.#known(tried),
      state: () => this.#state.name,
      enter: (state, why) => this.#enter(state, why),
    });
  }

  get state(): ConferenceState {
    return this.#state;
  }

  /** What is known of a lost connection, until it is there again. */
  get absence(): Absence | undefined {
    return this.#comeback.absence;
  }

  /** The room; undefined before the deployment is known. */
  get room(): Room | undefined {
    return this.#entrance.context?.room;
  }

  get deployment(): Discovery['deployment'] | undefined {
    return this.#entrance.context?.deployment;
  }

  /** What the focus and config.js say of who may come in; undefined until the focus has answered. */
  get serverAuth(): ServerAuth | undefined {
    return this.#entrance.serverAuth;
  }

  get ownPresence(): OwnPresenceState['current'] {
    return this.#own.current;
  }

  /** The address the server bound us to; '' while there is none. */
  get jid(): string {
    return this.#connection.jid;
  }

  /** Bytes of a stanza at most, where the server says so. */
  get maxBytes(): number | undefined {
    return this.#connection.maxBytes;
  }

  /** A fresh stanza id. @throws ConnectionError `not-connected` before there is a connection */
  nextId(): string {
    this.#known('making a stanza id');
    return this.#connection.nextId();
  }

  handle(input: ConferenceInput, now: number): ConferenceEffect[] {
    try {
      this.#handle(input, now);
      this.#connection.flush(now);
    } catch (error) {
      // What the other side sent cannot be used.
      if (!(error instanceof JitsiError)) throw error;
      this.#fail(error, now);
    }
    return this.#outbox.take();
  }

  /** When a `tick` is due, ms since the epoch. */
  nextTimeout(): number | undefined {
    const state = this.#state;
    if (state.name === 'ended') return undefined;
    return earliest(
      this.#joinDeadline,
      this.#earlyWarnings.dueAt,
      'deadline' in state ? state.deadline : undefined,
      this.#comeback.nextTimeout(),
      this.#entrance.nextTimeout(),
      this.#connection.nextTimeout(),
      this.#chat.nextTimeout(),
      this.sessions.nextTimeout(),
      this.#attendance.nextTimeout,
    );
  }

  #handle(input: ConferenceInput, now: number): void {
    const connection = this.#connection;
    switch (input.type) {
      case 'start':
        return this.#start(now);
      case 'http-response':
        return this.#httpResponse(input, now);
      case 'http-failed':
        return this.#httpFailed(input.purpose, input.error, now, input.key);
      case 'socket-opened':
        return connection.socketOpened(now);
      case 'socket-frame':
        return connection.socketFrame(input.text, now);
      case 'socket-closed':
        return connection.socketClosed(input.reason, now);
      case 'socket-failed':
        return connection.socketFailed(input.error, now);
      case 'tick':
        return this.#tick(now);
      case 'leave':
        return this.#farewell.leave(input.reason, now);
      case 'network-changed':
        return this.#comeback.networkChanged(now);
      case 'rejoin':
        return this.#comeback.hurry(now);
      case 'token':
        return this.#entrance.token(input.token, now);
      case 'token-failed':
        return this.#entrance.tokenFailed(input.error, now);
      case 'send':
        return connection.send(input.stanza, now);
      case 'say':
        return this.#chat.say(input.stanza, now);
      case 'request':
        return connection.request(input.iq, input.tried, input.timeout, now);
      case 'update-presence':
        this.#own.change(input.change);
        return this.#state.name === 'joined' ? this.#attendance.sendPresence(now) : undefined;
      case 'observed':
        for (const event of this.room?.observed(input.endpointId, input.change) ?? [])
          this.#outbox.event(event);
        return;
      case 'session-command':
        return this.#requests.sessionSteps(
          this.sessions.command(input.sid, input.id, input.command, now),
          now,
        );
      default:
        return input satisfies never;
    }
  }

  // The connection

  #start(now: number): void {
    if (this.#state.name !== 'idle') return;
    this.#joinDeadline = now + this.#options.joinTimeout;
    this.#entrance.begin('discovery', now);
  }

  #httpResponse(answer: Extract<ConferenceInput, { type: 'http-response' }>, now: number): void {
    const { key = '', purpose } = answer;
    if (purpose === 'config') this.#entrance.configAnswered(answer, now);
    else if (purpose === 'conference-request') this.#entrance.focusAnswered(key, answer, now);
    else if (purpose === 'keep-alive') this.#connection.keptAlive();
    else this.#connection.httpAnswered(key, answer, now);
  }

  #httpFailed(purpose: HttpPurpose, error: JitsiError, now: number, key = ''): void {
    if (purpose === 'keep-alive') this.#connection.keptAlive();
    else if (purpose === 'bosh') this.#connection.httpFailed(key, error, now);
    else if (purpose === 'conference-request') this.#entrance.focusFailed(key, error, now);
    else this.#entrance.configFailed(error, now);
  }

  #connectionSink(): ConnectionSink {
    return {
      openSocket: (url) => this.#outbox.push({ type: 'open-socket', url }),
      closeSocket: () => this.#outbox.push({ type: 'close-socket' }),
      dropSocket: () => this.#outbox.push({ type: 'drop-socket' }),
      frame: (element) => this.#outbox.push({ type: 'send-frame', element }),
      http: (request) => this.#outbox.http(request),
      connecting: (why) => this.#enter({ name: 'connecting' }, why),
      loggingIn: (why) => this.#enter({ name: 'logging-in' }, why),
      flight: (now) => this.#entrance.flight(now),
      established: (jid, now) => this.#established(jid, now),
      stanza: (stanza, now) => this.#attendance.stanza(stanza, now),
      answer: (id, outcome) => this.#outbox.push({ type: 'answer', id, outcome }),
      acknowledged: (ids, now) => this.#chat.acknowledged(ids, now),
      warning: (error) => this.#warn(error),
      failed: (error, now) => this.#fail(error, now),
      interrupted: (error, now) => this.#interrupted(error, now),
      resumed: (now) => this.#resumed(now),
      notResumed: (lost, now) => this.#comeback.notResumed(lost, now),
      ended: (error, now) => this.#connectionEnded(error, now),
    };
  }

  #established(jid: string, now: number): void {
    this.#comeback.loggedIn();
    this.#entrance.established(jid, now);
  }

  #connectionEnded(error: JitsiError | undefined, now: number): void {
    if (this.#farewell.connectionEnded()) return;
    if (this.#isStaying) this.#comeback.lost(error ?? closedUnasked(), now);
    else this.#farewell.ended(defined({ reason: 'join-failed', error } as const));
  }

  /** The stream may be resumed: that is for those who were in the room. */
  #interrupted(error: JitsiError, now: number): void {
    if (this.#isStaying) return this.#comeback.lost(error, now);
    this.#connection.abandon(error, now);
    this.#connectionEnded(error, now);
  }

  #resumed(now: number): void {
    this.#comeback.resumed(now);
    // What changed meanwhile.
    this.#attendance.sendPresence(now);
  }

  /** We were in the room, and have not left it. */
  get #isStaying(): boolean {
    return this.#state.name === 'joined' || this.absence !== undefined;
  }

  // The end

  #fail(error: Error, now: number): void {
    const { name } = this.#state;
    if (name === 'closing' || name === 'ended') return;
    if (this.#isStaying) this.#comeback.drop(asJitsiError(error), now);
    else this.#farewell.close({ reason: 'join-failed', error }, error.message, now);
  }

  #tick(now: number): void {
    const state = this.#state;
    const { roomName } = this.#options.address;
    if (this.#joinDeadline !== undefined && now >= this.#joinDeadline) {
      this.#joinDeadline = undefined;
      const when = `after ${this.#options.joinTimeout / 1000} s`;
      this.#fail(joinTimeout(roomName, when, state.name, this.#entrance.trouble), now);
    } else if (state.name === 'entering' && now >= state.deadline)
      this.#fail(joinTimeout(roomName, `${timing.entering / 1000} s after our presence`, state.name), now);
    else this.#farewell.tick(now);
    this.#comeback.tick(now);
    for (const error of this.#earlyWarnings.due()) this.#warn(error);
    this.#chat.tick(now);
    this.#connection.tick(now);
    this.#entrance.tick(now);
    this.#requests.sessionSteps(this.sessions.tick(now), now);
    this.#attendance.look(now);
  }

  // Effects

  #warn(error: JitsiError): void {
    if (this.#joinDeadline === undefined) this.#outbox.event({ name: 'warning', payload: { error } });
    else this.#earlyWarnings.keep(error);
  }

  #enter(state: ConferenceState, why: string): void {
    const transition = { from: this.#state.name, to: state.name, why };
    this.#state = state;
    if (state.name === 'joined' || isOver(state)) this.#joinDeadline = undefined;
    if (transition.from !== transition.to)
      this.#outbox.log('debug', `${transition.from} → ${transition.to}`, { why });
    this.#onTransition(transition);
  }

  #known(tried: string): ConferenceContext {
    const { context } = this.#entrance;
    if (context) return context;
    throw new ConnectionError(`${tried}: there is no connection yet`, { code: 'not-connected' });
  }
}

function closedUnasked(): ConnectionError {
  return new ConnectionError('the connection was closed', { code: 'connection-lost', retryable: true });
}

/** Errors that are not ours come from mistakes only. */
function asJitsiError(error: Error): JitsiError {
  return error instanceof JitsiError
    ? error
    : new ProtocolError(`reconnecting: ${messageOf(error)}`, { code: 'internal-error', cause: error });
}
