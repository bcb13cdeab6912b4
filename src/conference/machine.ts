/**
 * A conference from the first input to the last: discovery, connection, login, the focus, the room, leaving. A pure
 * machine: `handle` takes an input and returns effects, `nextTimeout` says when a `tick` is due. Everything that happens
 * can be recorded and replayed.
 *
 * idle → discovering → connecting → logging-in → requesting → entering → joined → leaving → closing → ended, and back to
 * connecting from a login that failed in one flight and from a WebSocket that came to nothing.
 */
import { defined } from '../base/defined.ts';
import { earliest } from '../base/earliest.ts';
import { ConnectionError, JitsiError, TimeoutError } from '../base/errors.ts';
import type { RandomBytes } from '../base/random.ts';
import { configUrl } from '../jitsi/deployment.ts';
import type { JoinError } from '../jitsi/join-error.ts';
import { type ServerAuth, serverAuth } from '../jitsi/server-auth.ts';
import type { XmlElement } from '../xml/element.ts';
import { Connection, type ConnectionSink } from './connection/connection.ts';
import { type ConferenceContext, createContext } from './context.ts';
import { DeploymentServices } from './deployment-services.ts';
import { type Discovery, discover, knownDiscovery } from './discovery.ts';
import { EarlyWarnings } from './early-warnings.ts';
import type { FocusDialogue } from './focus-dialogue.ts';
import type { FocusWatch } from './focus-watch.ts';
import type {
  CloseInfo,
  ConferenceEffect,
  ConferenceInput,
  HttpAnswer,
  HttpPurpose,
  HttpRequest,
} from './io.ts';
import { joinTimeout } from './join-errors.ts';
import { JingleSessions } from './jingle-sessions.ts';
import { type ConferenceOptions, timing } from './options.ts';
import { Outbox } from './outbox.ts';
import { initialPresence, leavePresence, OwnPresenceState, unavailablePresence } from './own-presence.ts';
import { domainInfoQuery, externalServicesQuery, roomInfoQuery } from './queries.ts';
import { Requests } from './requests.ts';
import type { Room } from './room.ts';
import { RoomEntry } from './room-entry.ts';
import type { ConferenceState, Transition } from './state.ts';

export class ConferenceMachine {
  readonly services: DeploymentServices = new DeploymentServices((message, fields) =>
    this.#outbox.log('debug', message, fields),
  );
  readonly sessions: JingleSessions;
  readonly #options: ConferenceOptions;
  readonly #random: RandomBytes;
  readonly #own: OwnPresenceState;
  readonly #outbox: Outbox = new Outbox();
  readonly #connection: Connection;
  readonly #requests: Requests;
  readonly #entry: RoomEntry;
  readonly #earlyWarnings: EarlyWarnings = new EarlyWarnings();
  readonly #onTransition: (transition: Transition) => void;
  #state: ConferenceState = { name: 'idle' };
  #context: ConferenceContext | undefined;
  #joinDeadline: number | undefined;

  /** @param onTransition called at every step from state to state, for logs and tests */
  constructor(
    options: ConferenceOptions,
    random: RandomBytes,
    onTransition: (transition: Transition) => void = () => {},
  ) {
    this.#options = options;
    this.#random = random;
    this.#onTransition = onTransition;
    this.sessions = new JingleSessions(options.offers);
    this.#own = new OwnPresenceState(initialPresence(options));
    this.#entry = new RoomEntry(options, random);
    this.#connection = new Connection(options, random, this.#connectionSink());
    this.#requests = new Requests(this.#connection, this.#outbox);
  }

  get state(): ConferenceState {
    return this.#state;
  }

  /** The room; undefined before the deployment is known. */
  get room(): Room | undefined {
    return this.#context?.room;
  }

  get deployment(): Discovery['deployment'] | undefined {
    return this.#context?.deployment;
  }

  /** What the focus and config.js say of who may come in; undefined until the focus has answered. */
  get serverAuth(): ServerAuth | undefined {
    const { focus, deployment } = this.#context ?? {};
    if (!focus?.response || !deployment) return undefined;
    const { credentials, token } = this.#options;
    const anonymous = credentials.mechanism === 'ANONYMOUS' && token === undefined;
    return serverAuth(focus.response, deployment, { anonymous });
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
      this.#context?.focus.retryAt,
      state.name === 'joined' ? this.#context?.watch.nextTimeout : undefined,
      this.#connection.nextTimeout(),
      this.sessions.nextTimeout(),
    );
  }

  #handle(input: ConferenceInput, now: number): void {
    const connection = this.#connection;
    switch (input.type) {
      case 'start':
        return this.#start(now);
      case 'http-response':
        return this.#httpResponse(input.purpose, input, now, input.key);
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
        return this.#leave(input.reason, now);
      case 'network-changed':
        return connection.probe(now);
      case 'send':
        return connection.send(input.stanza, now);
      case 'request':
        return connection.request(input.iq, input.tried, input.timeout, now);
      case 'update-presence':
        this.#own.change(input.change);
        return this.#state.name === 'joined' ? this.#sendPresence(now) : undefined;
      case 'session-command':
        return this.#requests.sessionSteps(
          this.sessions.command(input.sid, input.id, input.command, now),
          now,
        );
      default:
        return input satisfies never;
    }
  }

  // Discovery and connection

  #start(now: number): void {
    if (this.#state.name !== 'idle') return;
    this.#joinDeadline = now + this.#options.joinTimeout;
    this.#enter({ name: 'discovering' }, 'started');
    const known = knownDiscovery(this.#options, now);
    if (known) return this.#discovered(known, now);
    this.#outbox.http({
      purpose: 'config',
      method: 'GET',
      url: configUrl(this.#options.address),
      headers: {},
    });
    this.#connection.anticipate();
  }

  #httpResponse(purpose: HttpPurpose, answer: HttpAnswer, now: number, key = ''): void {
    const { name } = this.#state;
    if (purpose === 'config' && name === 'discovering')
      this.#discovered(discover(this.#options, answer, now), now);
    else if (purpose === 'conference-request') this.#asker?.httpAnswered(answer, this.#connection, now);
    else if (purpose === 'keep-alive') this.#connection.keptAlive();
    else if (purpose === 'bosh') this.#connection.httpAnswered(key, answer, now);
  }

  #httpFailed(purpose: HttpPurpose, error: JitsiError, now: number, key = ''): void {
    if (purpose === 'keep-alive') this.#connection.keptAlive();
    else if (purpose === 'bosh') this.#connection.httpFailed(key, error, now);
    else if (purpose === 'conference-request') this.#asker?.httpFailed(error, this.#connection, now);
    else this.#fail(error, now);
  }

  #discovered(discovery: Discovery, now: number): void {
    for (const warning of discovery.warnings) this.#outbox.log('warn', warning);
    for (const { path, reason } of discovery.unresolved)
      this.#outbox.log('info', `config.js: ${path} was left out: ${reason}`);
    this.#outbox.log('debug', 'deployment', { ...discovery.deployment, warnings: undefined });
    const { services, sessions } = this;
    const parts = { services, sessions, random: this.#random };
    this.#connection.discovered(discovery, now);
    const asking = {
      http: (request: HttpRequest): void => this.#outbox.http(request),
      waiting: (delay: number, why: string): void =>
        this.#outbox.log('info', `asking the focus again in ${delay / 1000} s`, { why }),
    };
    this.#context = createContext(
      this.#options,
      discovery,
      parts,
      {
        ...asking,
        // Over HTTP it may be ready before we are logged in.
        ready: (at) => (this.#state.name === 'requesting' ? this.#join('the focus is ready', at) : undefined),
        failed: (error, at) => this.#focusFailed(error, at),
      },
      { ...asking, failed: (error) => this.#focusStaysAway(error) },
    );
    this.#context.focus.askOverHttp();
    this.#connection.connect('the deployment is known', now);
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
      flight: (now) => this.#flight(now),
      established: (jid, now) => this.#established(jid, now),
      interrupted: (error, now) => {
        this.#connection.abandon(error, now);
        this.#connectionEnded(error);
      },
      resumed: () => {},
      notResumed: () => {},
      acknowledged: () => {},
      stanza: (stanza, now) => this.#stanza(stanza, now),
      answer: (id, outcome) => this.#outbox.push({ type: 'answer', id, outcome }),
      warning: (error) => this.#warn(error),
      failed: (error, now) => this.#fail(error, now),
      ended: (error) => this.#connectionEnded(error),
    };
  }

  /** What need not wait for the login. */
  #flight(now: number): void {
    const { deployment, focus } = this.#known('logging in');
    this.#requests.query(externalServicesQuery(deployment.domain, this.services), now);
    if (!focus.isOverHttp) focus.askByIq(this.#connection, now);
  }

  #established(jid: string, now: number): void {
    const { deployment, focus } = this.#known('logging in');
    const { isPipelined } = this.#connection;
    this.#entry.loggedIn(jid);
    if (!this.services.domain) this.#requests.query(domainInfoQuery(deployment.domain, this.services), now);
    if (!isPipelined && !this.services.metadataTellsIceServers)
      this.#requests.query(externalServicesQuery(deployment.domain, this.services), now);
    this.#enter({ name: 'requesting' }, 'logged in');
    if (focus.isReady) this.#join('the focus is ready', now);
    else if (!isPipelined && !focus.isOverHttp) focus.askByIq(this.#connection, now);
  }

  #connectionEnded(error: JitsiError | undefined): void {
    const state = this.#state;
    if (state.name === 'closing') this.#ended(state.info);
    else if (state.name === 'leaving') this.#ended({ reason: 'left' });
    else
      this.#ended(
        defined({ reason: state.name === 'joined' ? 'connection-lost' : 'join-failed', error } as const),
      );
  }

  #focusFailed(error: Error, now: number): void {
    // Sent before the login was complete, the request may have been dropped.
    if (!(error instanceof TimeoutError && this.#connection.fallBack(error, now))) this.#fail(error, now);
  }

  /** Who has asked the focus last, and takes its answer. */
  get #asker(): FocusDialogue | FocusWatch | undefined {
    const isIn = ['joined', 'leaving', 'closing'].includes(this.#state.name);
    return isIn ? this.#context?.watch : this.#context?.focus;
  }

  #focusStaysAway(cause: Error): void {
    const words = `asking for the conference again, as the focus has left the room: ${cause.message}; it is asked again`;
    this.#warn(new ConnectionError(words, { code: 'focus-away', retryable: true, cause }));
  }

  // The room

  #join(why: string, now: number): void {
    const { room } = this.#known('joining');
    const { password } = this.#options;
    this.#connection.worked(now);
    const occupantJid = `${room.jid}/${this.#entry.endpointId}`;
    room.entering(occupantJid, password !== undefined);
    this.#enter({ name: 'entering', deadline: now + timing.entering }, why);
    this.#connection.send(this.#own.join(occupantJid, password), now);
  }

  #stanza(stanza: XmlElement, now: number): void {
    const { stanzas, room } = this.#known('receiving');
    this.#outbox.event({ name: 'stanzaReceived', payload: { stanza } });
    const outcome = stanzas.handle(stanza, now);
    for (const reply of outcome.replies) this.#connection.send(reply, now);
    for (const event of outcome.events) this.#outbox.event(event);
    this.#requests.sessionSteps(outcome.jingle, now);
    if (outcome.roomChanged && this.#state.name === 'joined')
      this.#requests.query(roomInfoQuery(room.jid), now);
    if (outcome.entered) this.#entered(now);
    if (outcome.refused) this.#refused(outcome.refused, now);
    if (outcome.left) this.#out(outcome.left, now);
    if (this.#state.name === 'joined') this.#context?.watch.look(room.focus !== undefined, now);
  }

  #entered(now: number): void {
    if (this.#state.name !== 'entering') return;
    this.#joinDeadline = undefined;
    this.#enter({ name: 'joined' }, 'our own presence came back');
    this.#requests.query(roomInfoQuery(this.#known('joining').room.jid), now);
    this.#outbox.push({ type: 'joined' });
    this.#earlyWarnings.joined(now);
    // What changed while the join was under way.
    this.#sendPresence(now);
  }

  #refused(error: JoinError, now: number): void {
    if (this.#state.name !== 'entering') return;
    const verdict = this.#entry.refused(error);
    if (verdict.type === 'again') this.#join('the endpoint id was taken', now);
    else if (verdict.type === 'failed') this.#fail(error, now);
    else {
      this.#known('joining').focus.askLater(verdict.delay, now);
      this.#enter({ name: 'requesting' }, error.message);
    }
  }

  /** Our unavailable presence: we left, or were made to. */
  #out(info: CloseInfo, now: number): void {
    if (this.#state.name === 'leaving') this.#close({ reason: 'left' }, 'the room saw us leave', now);
    else if (this.#state.name === 'joined') {
      const reason = info.reason === 'left' ? 'removed' : info.reason;
      this.#close({ ...info, reason }, `we are out of the room: ${reason}`, now);
    }
  }

  #sendPresence(now: number): void {
    const { room } = this.#known('updating our presence');
    const update = this.#own.update(room.occupantJid);
    if (update) this.#connection.send(update, now);
  }

  // The end

  #leave(reason: string | undefined, now: number): void {
    const { name } = this.#state;
    if (name === 'leaving' || name === 'closing' || name === 'ended') return;
    if (name !== 'joined' && name !== 'entering')
      return this.#close({ reason: 'left' }, 'left before the room was joined', now);
    const { room } = this.#known('leaving');
    this.#requests.sessionSteps(this.sessions.clear());
    this.#enter({ name: 'leaving', deadline: now + timing.leaving }, 'asked to leave');
    return this.#connection.send(leavePresence(room.occupantJid, reason), now);
  }

  #fail(error: Error, now: number): void {
    const { name } = this.#state;
    if (name === 'closing' || name === 'ended') return;
    this.#close({ reason: name === 'joined' ? 'connection-lost' : 'join-failed', error }, error.message, now);
  }

  /** Closes the stream in order; what was going on is over. */
  #close(info: CloseInfo, why: string, now: number): void {
    this.#joinDeadline = undefined;
    this.#stopAsking();
    const connection = this.#connection;
    if (!connection.isOpen) return this.#ended(info);
    this.#requests.sessionSteps(this.sessions.clear());
    if (connection.jid !== '') connection.send(unavailablePresence(), now);
    this.#enter({ name: 'closing', deadline: now + timing.closing, info }, why);
    return connection.close(now);
  }

  #stopAsking(): void {
    this.#context?.focus.stop();
    this.#context?.watch.stop();
  }

  #ended(info: CloseInfo): void {
    if (this.#state.name === 'ended') return;
    this.#requests.sessionSteps(this.sessions.clear());
    this.#joinDeadline = undefined;
    this.#connection.stop();
    this.#stopAsking();
    // It may be out of date.
    if (info.reason === 'join-failed') this.#options.memory.forgetConfig(this.#options.address);
    this.#enter({ name: 'ended', info }, info.error?.message ?? info.reason);
    this.#outbox.push({ type: 'ended', info });
  }

  #tick(now: number): void {
    const state = this.#state;
    const { roomName } = this.#options.address;
    if (this.#joinDeadline !== undefined && now >= this.#joinDeadline) {
      const when = `after ${this.#options.joinTimeout / 1000} s`;
      const trouble = state.name === 'requesting' ? this.#context?.focus.trouble : undefined;
      this.#fail(joinTimeout(roomName, when, state.name, trouble), now);
    } else if ('deadline' in state && now >= state.deadline) {
      if (state.name === 'entering')
        this.#fail(joinTimeout(roomName, `${timing.entering / 1000} s after our presence`, state.name), now);
      else if (state.name === 'leaving')
        this.#close({ reason: 'left' }, 'the room did not confirm our leaving', now);
      else this.#ended(state.info);
    }
    for (const error of this.#earlyWarnings.due()) this.#warn(error);
    this.#connection.tick(now);
    this.#context?.focus.tick(this.#connection, now);
    if (this.#state.name === 'joined') this.#context?.watch.tick(this.#connection, now);
    this.#requests.sessionSteps(this.sessions.tick(now), now);
  }

  // Effects

  #warn(error: JitsiError): void {
    if (this.#joinDeadline === undefined) this.#outbox.event({ name: 'warning', payload: { error } });
    else this.#earlyWarnings.keep(error);
  }

  #enter(state: ConferenceState, why: string): void {
    const transition = { from: this.#state.name, to: state.name, why };
    this.#state = state;
    if (transition.from !== transition.to)
      this.#outbox.log('debug', `${transition.from} → ${transition.to}`, { why });
    this.#onTransition(transition);
  }

  #known(tried: string): ConferenceContext {
    if (!this.#context)
      throw new ConnectionError(`${tried}: there is no connection yet`, { code: 'not-connected' });
    return this.#context;
  }
}
