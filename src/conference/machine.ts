/**
 * A conference from the first input to the last: discovery, connection, login, the focus, the room, leaving. A pure
 * machine: `handle` takes an input and returns effects, `nextTimeout` says when a `tick` is due. Everything that happens
 * can be recorded and replayed.
 *
 * idle → discovering → [requesting-http] → connecting → logging-in → requesting → entering → joined → leaving → closing → ended
 */
import { defined } from '../base/defined.ts';
import { ConnectionError, JitsiError } from '../base/errors.ts';
import type { LogLevel } from '../base/logger.ts';
import { type RandomBytes, randomBetween, randomHex } from '../base/random.ts';
import { parseLoginUrl } from '../jitsi/conference-request.ts';
import { LoginRequiredError } from '../jitsi/conference-request-error.ts';
import { configUrl, websocketUrlFor } from '../jitsi/deployment.ts';
import { clientCaps } from '../jitsi/features.ts';
import type { JoinError } from '../jitsi/join-error.ts';
import type { XmlElement } from '../xml/element.ts';
import { iqGet, iqSet } from '../xmpp/stanza.ts';
import { StanzaError } from '../xmpp/stanza-error.ts';
import { type ConferenceContext, createContext } from './context.ts';
import { DeploymentServices } from './deployment-services.ts';
import { type Discovery, discover, isComplete } from './discovery.ts';
import type { ConferenceEvent } from './events.ts';
import type { FocusVerdict } from './focus-request.ts';
import type { CloseInfo, ConferenceEffect, ConferenceInput, HttpPurpose, HttpRequest } from './io.ts';
import { joinTimeout, notJitsi } from './join-errors.ts';
import { JingleSessions, jingleElement } from './jingle-sessions.ts';
import { type ConferenceOptions, timing } from './options.ts';
import { chooseEndpointId } from './own-identity.ts';
import { leavePresence, OwnPresenceState, unavailablePresence } from './own-presence.ts';
import { domainInfoQuery, externalServicesQuery, type Query, roomInfoQuery } from './queries.ts';
import type { Room } from './room.ts';
import type { ConferenceState, Transition } from './state.ts';

export class ConferenceMachine {
  readonly services: DeploymentServices = new DeploymentServices();
  readonly sessions: JingleSessions;
  readonly #options: ConferenceOptions;
  readonly #random: RandomBytes;
  readonly #own: OwnPresenceState;
  readonly #onTransition: (transition: Transition) => void;
  #state: ConferenceState = { name: 'idle' };
  #effects: ConferenceEffect[] = [];
  #context: ConferenceContext | undefined;
  #endpointId = '';
  #joinDeadline: number | undefined;
  /** Times that the room was gone when we came, and that our endpoint id was taken. */
  #roomGone = 0;
  #conflicts = 0;

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
    const { displayName, statsId, codecs, properties, email, avatarUrl, region } = options;
    const caps = clientCaps(options.features);
    const features = options.peerFeatures;
    this.#own = new OwnPresenceState(
      defined({
        displayName,
        statsId,
        caps,
        features,
        sources: [],
        codecs,
        email,
        avatarUrl,
        region,
        properties,
      }),
    );
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

  get ownPresence(): OwnPresenceState['current'] {
    return this.#own.current;
  }

  /** The address the server bound us to; '' while there is none. */
  get jid(): string {
    return this.#context?.xmpp.jid ?? '';
  }

  /** A fresh stanza id. @throws ConnectionError `not-connected` before there is a connection */
  nextId(): string {
    return this.#known('making a stanza id').xmpp.nextId();
  }

  handle(input: ConferenceInput, now: number): ConferenceEffect[] {
    try {
      this.#handle(input, now);
    } catch (error) {
      // What the other side sent cannot be used.
      if (!(error instanceof JitsiError)) throw error;
      this.#fail(error, now);
    }
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  /** When a `tick` is due, ms since the epoch. */
  nextTimeout(): number | undefined {
    const state = this.#state;
    if (state.name === 'ended') return undefined;
    const times = [
      this.#joinDeadline,
      'deadline' in state ? state.deadline : undefined,
      'retryAt' in state ? state.retryAt : undefined,
      this.#context?.xmpp.nextTimeout(),
      this.#context?.keepAlive.nextAt,
    ].filter((time) => time !== undefined);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  #handle(input: ConferenceInput, now: number): void {
    const context = this.#context;
    switch (input.type) {
      case 'start':
        return this.#start(now);
      case 'http-response':
        return this.#httpResponse(input.purpose, input.status, input.body, now);
      case 'http-failed':
        // A keep-alive that fails says nothing: the WebSocket has its own liveness.
        return input.purpose === 'keep-alive' ? undefined : this.#fail(input.error, now);
      case 'socket-opened':
        if (!context || this.#state.name !== 'connecting') return undefined;
        this.#enter({ name: 'logging-in' }, 'the socket is open');
        return context.xmpp.open(now);
      case 'socket-frame':
        return context?.xmpp.receive(input.text, now);
      case 'socket-closed':
        return context?.xmpp.socketClosed(input.reason, now);
      case 'socket-failed':
        return this.#fail(
          context?.isGuess ? notJitsi(this.#options.address.origin, input.error) : input.error,
          now,
        );
      case 'tick':
        return this.#tick(now);
      case 'leave':
        return this.#leave(input.reason, now);
      case 'send':
        return context?.xmpp.send(input.stanza, now);
      case 'request':
        return context?.xmpp.request(input.iq, input.tried, input.timeout, now);
      case 'update-presence':
        this.#own.change(input.change);
        return this.#state.name === 'joined' ? this.#sendPresence(now) : undefined;
      case 'terminate-session': {
        const terminated = this.sessions.terminate(input.reason, input.restart);
        if (!terminated) return undefined;
        this.#event(terminated.event);
        return this.#jingle(terminated.to, jingleElement(terminated.jingle), now);
      }
      default:
        return input satisfies never;
    }
  }

  // Discovery and connection

  #start(now: number): void {
    if (this.#state.name !== 'idle') return;
    this.#joinDeadline = now + this.#options.joinTimeout;
    this.#enter({ name: 'discovering' }, 'started');
    if (isComplete(this.#options.overrides)) this.#discovered(undefined);
    else this.#http({ purpose: 'config', method: 'GET', url: configUrl(this.#options.address), headers: {} });
  }

  #httpResponse(purpose: HttpPurpose, status: number, body: string, now: number): void {
    if (purpose === 'config' && this.#state.name === 'discovering') this.#discovered({ status, body });
    else if (purpose === 'conference-request' && this.#state.name === 'requesting-http') {
      this.#verdict(this.#known('requesting the conference').focus.httpAnswered(status, body), now);
    }
  }

  #discovered(response: { status: number; body: string } | undefined): void {
    const discovery = discover(this.#options, response);
    for (const warning of discovery.warnings) this.#log('warn', warning);
    for (const { path, reason } of discovery.unresolved)
      this.#log('info', `config.js: ${path} was left out: ${reason}`);
    this.#log('debug', 'deployment', { ...discovery.deployment, warnings: undefined });
    const { services, sessions } = this;
    this.#context = createContext(
      this.#options,
      discovery,
      { services, sessions, random: this.#random },
      {
        frame: (element) => this.#effects.push({ type: 'send-frame', element }),
        established: (jid, now) => this.#established(jid, now),
        stanza: (stanza, now) => this.#stanza(stanza, now),
        answer: (id, outcome) => this.#effects.push({ type: 'answer', id, outcome }),
        warning: (error) => this.#event({ name: 'warning', payload: { error } }),
        ended: (error) => this.#streamEnded(error),
      },
    );
    if (!this.#requestOverHttp()) this.#connect('the deployment is known');
  }

  #connect(why: string): void {
    this.#enter({ name: 'connecting' }, why);
    const { token, address } = this.#options;
    const url = websocketUrlFor(this.#known('connecting').deployment, address, defined({ token }));
    this.#effects.push({ type: 'open-socket', url });
  }

  #established(jid: string, now: number): void {
    const { keepAlive, deployment } = this.#known('logging in');
    const isAnonymous = this.#options.credentials.mechanism === 'ANONYMOUS';
    this.#endpointId = this.#options.endpointId ?? chooseEndpointId(jid, isAnonymous, this.#random);
    keepAlive.connected(now);
    if (!this.services.domain) this.#query(domainInfoQuery(deployment.domain, this.services), now);
    if (!this.services.metadataTellsIceServers)
      this.#query(externalServicesQuery(deployment.domain, this.services), now);
    if (deployment.conferenceRequestUrl === undefined) this.#requestByIq('logged in', now);
    else this.#join('logged in, and the focus was asked before', now);
  }

  #streamEnded(error: JitsiError | undefined): void {
    const state = this.#state;
    if (state.name === 'closing') this.#ended(state.info);
    else if (state.name === 'leaving') this.#ended({ reason: 'left' });
    else
      this.#ended(
        defined({ reason: state.name === 'joined' ? 'connection-lost' : 'join-failed', error } as const),
      );
  }

  // The focus

  /** False where the deployment takes requests by IQ. */
  #requestOverHttp(): boolean {
    const { focus } = this.#known('requesting the conference');
    const request = focus.http(this.#options.address, this.#options.token);
    if (!request) return false;
    this.#enter({ name: 'requesting-http' }, 'the deployment takes conference requests over HTTP');
    this.#http(request);
    return true;
  }

  #requestByIq(why: string, now: number): void {
    const { focus, xmpp } = this.#known('requesting the conference');
    this.#enter({ name: 'requesting' }, why);
    xmpp.ask(
      focus.iq(xmpp.nextId()),
      'requesting the conference',
      timing.conferenceRequest,
      now,
      (outcome, later) => {
        if (this.#state.name === 'requesting') this.#verdict(focus.iqAnswered(outcome), later);
      },
    );
  }

  #verdict(verdict: FocusVerdict, now: number): void {
    const { name } = this.#state;
    if (name !== 'requesting' && name !== 'requesting-http') return;
    switch (verdict.type) {
      case 'ready':
        if (name === 'requesting-http') this.#connect('the focus is ready');
        else this.#join('the focus is ready', now);
        return;
      case 'retry':
        this.#log('info', `asking the focus again in ${verdict.delay / 1000} s`, { why: verdict.why });
        this.#enter({ name, retryAt: now + verdict.delay }, verdict.why);
        return;
      case 'failed':
        if (verdict.error instanceof LoginRequiredError && name === 'requesting')
          this.#askLoginUrl(verdict.error, now);
        else this.#fail(verdict.error, now);
        return;
      default:
        verdict satisfies never;
    }
  }

  /** The focus wants a login: it may know the page for it. */
  #askLoginUrl(error: LoginRequiredError, now: number): void {
    const { focus, xmpp } = this.#known('asking for the login page');
    xmpp.ask(
      focus.loginUrlIq(xmpp.nextId()),
      'asking for the login page',
      timing.loginUrl,
      now,
      (outcome, later) => {
        const url = outcome.ok ? parseLoginUrl(outcome.result, this.#options.address.origin) : undefined;
        this.#fail(url === undefined ? error : error.withLoginUrl(url), later);
      },
    );
  }

  #retry(now: number): void {
    if (this.#state.name === 'requesting-http') this.#requestOverHttp();
    else this.#requestByIq('the wait is over', now);
  }

  // The room

  #join(why: string, now: number): void {
    const { room, xmpp } = this.#known('joining');
    const { password } = this.#options;
    const occupantJid = `${room.jid}/${this.#endpointId}`;
    room.entering(occupantJid, password !== undefined);
    this.#enter({ name: 'entering', deadline: now + timing.entering }, why);
    xmpp.send(this.#own.join(occupantJid, password), now);
  }

  #stanza(stanza: XmlElement, now: number): void {
    const { stanzas, xmpp, room } = this.#known('receiving');
    this.#event({ name: 'stanzaReceived', payload: { stanza } });
    const outcome = stanzas.handle(stanza, now);
    for (const reply of outcome.replies) xmpp.send(reply, now);
    for (const event of outcome.events) this.#event(event);
    for (const { to, jingle } of outcome.jingle) this.#jingle(to, jingle, now);
    if (outcome.roomChanged && this.#state.name === 'joined') this.#query(roomInfoQuery(room.jid), now);
    if (outcome.entered) this.#entered(now);
    if (outcome.refused) this.#refused(outcome.refused, now);
    if (outcome.left) this.#out(outcome.left, now);
  }

  #entered(now: number): void {
    if (this.#state.name !== 'entering') return;
    this.#joinDeadline = undefined;
    this.#enter({ name: 'joined' }, 'our own presence came back');
    this.#query(roomInfoQuery(this.#known('joining').room.jid), now);
    this.#effects.push({ type: 'joined' });
    // What changed while the join was under way.
    this.#sendPresence(now);
  }

  #refused(error: JoinError, now: number): void {
    if (this.#state.name !== 'entering') return;
    if (error.code === 'room-does-not-exist' && this.#roomGone < timing.roomGoneTries) {
      // The focus left, or was not there yet: ask it again (lib-jitsi-meet `ChatRoom.ts`, room creation restriction).
      this.#roomGone += 1;
      const delay = randomBetween(this.#random, 500, 1_000 * 1.5 ** this.#roomGone);
      this.#enter({ name: 'requesting', retryAt: now + delay }, error.message);
    } else if (
      error.code === 'nick-conflict' &&
      this.#options.endpointId === undefined &&
      this.#conflicts === 0
    ) {
      this.#conflicts += 1;
      this.#endpointId = randomHex(this.#random, 8);
      this.#join('the endpoint id was taken', now);
    } else {
      this.#fail(error, now);
    }
  }

  /** Our unavailable presence: we left, or were made to. */
  #out(info: CloseInfo, now: number): void {
    if (this.#state.name === 'leaving') this.#close({ reason: 'left' }, 'the room saw us leave', now);
    else if (this.#state.name === 'joined') {
      const reason = info.reason === 'left' ? 'removed' : info.reason;
      this.#close({ ...info, reason }, `we were put out of the room: ${reason}`, now);
    }
  }

  #sendPresence(now: number): void {
    const { room, xmpp } = this.#known('updating our presence');
    const update = this.#own.update(room.occupantJid);
    if (update) xmpp.send(update, now);
  }

  // The end

  #leave(reason: string | undefined, now: number): void {
    const { name } = this.#state;
    if (name === 'leaving' || name === 'closing' || name === 'ended') return;
    if (name !== 'joined' && name !== 'entering')
      return this.#close({ reason: 'left' }, 'left before the room was joined', now);
    const { room, xmpp } = this.#known('leaving');
    for (const event of this.sessions.clear()) this.#event(event);
    this.#enter({ name: 'leaving', deadline: now + timing.leaving }, 'asked to leave');
    return xmpp.send(leavePresence(room.occupantJid, reason), now);
  }

  #fail(error: Error, now: number): void {
    const { name } = this.#state;
    if (name === 'closing' || name === 'ended') return;
    this.#close({ reason: name === 'joined' ? 'connection-lost' : 'join-failed', error }, error.message, now);
  }

  /** Closes the stream in order; what was going on is over. */
  #close(info: CloseInfo, why: string, now: number): void {
    this.#joinDeadline = undefined;
    const xmpp = this.#context?.xmpp;
    if (!xmpp?.isOpen) return this.#ended(info);
    for (const event of this.sessions.clear()) this.#event(event);
    if (xmpp.jid !== '') xmpp.send(unavailablePresence(), now);
    this.#enter({ name: 'closing', deadline: now + timing.closing, info }, why);
    return xmpp.close(now);
  }

  #ended(info: CloseInfo): void {
    if (this.#state.name === 'ended') return;
    for (const event of this.sessions.clear()) this.#event(event);
    this.#joinDeadline = undefined;
    this.#enter({ name: 'ended', info }, info.error?.message ?? info.reason);
    this.#effects.push({ type: 'ended', info });
  }

  #tick(now: number): void {
    const state = this.#state;
    const { roomName } = this.#options.address;
    if (this.#joinDeadline !== undefined && now >= this.#joinDeadline) {
      this.#fail(joinTimeout(roomName, `after ${this.#options.joinTimeout / 1000} s`, state.name), now);
    } else if ('retryAt' in state && state.retryAt !== undefined && now >= state.retryAt) {
      this.#retry(now);
    } else if ('deadline' in state && now >= state.deadline) {
      if (state.name === 'entering')
        this.#fail(joinTimeout(roomName, `${timing.entering / 1000} s after our presence`, state.name), now);
      else if (state.name === 'leaving')
        this.#close({ reason: 'left' }, 'the room did not confirm our leaving', now);
      else this.#ended(state.info);
    }
    this.#context?.xmpp.tick(now);
    const keepAlive = this.#context?.keepAlive.due(now);
    if (keepAlive) this.#http(keepAlive);
  }

  // Effects

  #jingle(to: string, jingle: XmlElement, now: number): void {
    const { xmpp } = this.#known('sending Jingle');
    // Whether the other side agrees that a session is over changes nothing for us.
    xmpp.ask(iqSet(to, xmpp.nextId(), jingle), 'ending a media session', timing.jingle, now, () => {});
  }

  #query({ to, payload, tried, timeout, read, otherwise }: Query, now: number): void {
    const { xmpp } = this.#known(tried);
    xmpp.ask(iqGet(to, xmpp.nextId(), payload), tried, timeout, now, (outcome, later) => {
      if (outcome.ok) for (const event of read(outcome.result)) this.#event(event);
      else if (otherwise && outcome.error instanceof StanzaError) this.#query(otherwise, later);
      // None of these is needed to be in a room.
      else this.#log('debug', outcome.error.message);
    });
  }

  #http(request: HttpRequest): void {
    this.#effects.push({ type: 'http', request });
  }

  #event(event: ConferenceEvent): void {
    this.#effects.push({ type: 'event', event });
  }

  #log(level: LogLevel, message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.#effects.push({ type: 'log', level, message, fields });
  }

  #enter(state: ConferenceState, why: string): void {
    const transition = { from: this.#state.name, to: state.name, why };
    this.#state = state;
    if (transition.from !== transition.to)
      this.#log('debug', `${transition.from} → ${transition.to}`, { why });
    this.#onTransition(transition);
  }

  #known(tried: string): ConferenceContext {
    if (!this.#context)
      throw new ConnectionError(`${tried}: there is no connection yet`, { code: 'not-connected' });
    return this.#context;
  }
}
