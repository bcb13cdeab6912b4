/**
 * The way into the room, walked once for the join and once more for each stay that follows: the token, discovery, connection, login, the focus, our presence.
 * What is known of the deployment is kept from one time to the next, and found out anew where the way it names fails.
 */
import { defined } from '../base/defined.ts';
import { earliest } from '../base/earliest.ts';
import { ConnectionError, JitsiError, TimeoutError } from '../base/errors.ts';
import type { RandomBytes } from '../base/random.ts';
import { configUrl, roomJid } from '../jitsi/deployment.ts';
import type { JoinError } from '../jitsi/join-error.ts';
import { type ServerAuth, serverAuth } from '../jitsi/server-auth.ts';
import { resourceOf } from '../xmpp/jid.ts';
import type { Connection } from './connection/connection.ts';
import { type ConferenceContext, createContext, focusContext, type FocusSinks } from './context.ts';
import type { DeploymentServices } from './deployment-services.ts';
import { type Discovery, discover, knownDiscovery } from './discovery.ts';
import type { FocusDialogue, FocusTrouble } from './focus/focus-dialogue.ts';
import type { FocusWatch } from './focus/focus-watch.ts';
import type { HttpAnswer } from './io.ts';
import type { JingleSessions } from './sessions/jingle-sessions.ts';
import { type ConferenceOptions, timing } from './options.ts';
import type { Outbox } from './outbox.ts';
import { leavePresence, type OwnPresenceState } from './room/own-presence.ts';
import { domainInfoQuery, externalServicesQuery } from './queries.ts';
import type { Requests } from './requests.ts';
import { RoomEntry } from './room/room-entry.ts';
import type { ConferenceState } from './state.ts';

/**
 * What is to be done: all of it, or a resumption of the stream, which needs a socket and a login only; after some failure with a look at config.js
 * first, for the deployment may have moved.
 */
export type EntranceGoal = 'discovery' | 'resumption' | 'resumption-after-look';

export interface EntranceParts {
  options: ConferenceOptions;
  random: RandomBytes;
  connection: Connection;
  requests: Requests;
  outbox: Outbox;
  own: OwnPresenceState;
  services: DeploymentServices;
  sessions: JingleSessions;
  state(): ConferenceState['name'];
  enter(state: ConferenceState, why: string): void;
  failed(error: Error, now: number): void;
  /** This time came to nothing, and nothing is lost by it. */
  postponed(error: JitsiError, now: number): void;
  warn(error: JitsiError): void;
}

export class Entrance {
  readonly #parts: EntranceParts;
  readonly #entry: RoomEntry;
  /** With the token of this time. */
  #options: ConferenceOptions;
  #context: ConferenceContext | undefined;
  /** What the token is waited for. */
  #awaiting: EntranceGoal | undefined;
  #tokenDeadline: number | undefined;
  /** Of the conference request over HTTP that is under way: answers to earlier ones may still come. */
  #httpKey = '';
  #httpRequests = 0;
  /** config.js is asked for a stream that can be resumed. */
  #isLooking = false;
  /** The deployment was asked anew this time. */
  #isFresh = true;
  #hasLoggedIn = false;
  /** What need not wait for the login was sent with it. */
  #hasFlown = false;

  constructor(parts: EntranceParts) {
    this.#parts = parts;
    this.#options = parts.options;
    this.#entry = new RoomEntry(parts.options, parts.random);
  }

  /** What exists once the deployment is known. */
  get context(): ConferenceContext | undefined {
    return this.#context;
  }

  /** The id with which we come, or have come. */
  get endpointId(): string {
    return this.#entry.endpointId;
  }

  /** What the focus and config.js say of who may come in; undefined until the focus has answered. */
  get serverAuth(): ServerAuth | undefined {
    const { focus, deployment } = this.#context ?? {};
    if (!focus?.response || !deployment) return undefined;
    const { credentials, token } = this.#options;
    return serverAuth(focus.response, deployment, {
      anonymous: credentials.mechanism === 'ANONYMOUS' && token === undefined,
    });
  }

  /** With the focus, which is asked again and again. */
  get trouble(): FocusTrouble | undefined {
    return this.#parts.state() === 'requesting' ? this.#context?.focus.trouble : undefined;
  }

  begin(goal: EntranceGoal, now: number): void {
    const { enter, options, outbox } = this.#parts;
    if (!options.hasTokenSource) return this.#proceed(goal, now);
    this.#awaiting = goal;
    this.#tokenDeadline = now + timing.token;
    enter({ name: 'discovering' }, 'a token is fetched');
    outbox.push({ type: 'get-token' });
  }

  /** The token of this time. */
  token(token: string | undefined, now: number): void {
    const goal = this.#awaiting;
    this.#stopAwaiting();
    if (!goal) return;
    const { token: _before, ...options } = this.#options;
    this.#options = { ...options, ...defined({ token }) };
    this.#parts.connection.useToken(token);
    this.#proceed(goal, now);
  }

  tokenFailed(error: JitsiError, now: number): void {
    if (!this.#awaiting) return;
    this.#stopAwaiting();
    this.#parts.postponed(error, now);
  }

  configAnswered(answer: HttpAnswer, now: number): void {
    if (this.#parts.state() !== 'discovering') return;
    if (this.#isLooking) return this.#looked(answer, now);
    const isBack = this.#context !== undefined;
    // A proxy's word while the deployment restarts: the names that were found before are better than guesses.
    if (isBack && answer.status !== 200) this.#parts.failed(this.#noConfig(answer.status), now);
    else this.#discovered(discover(this.#options, answer, now), now);
  }

  configFailed(error: JitsiError, now: number): void {
    // It may be of an earlier time.
    if (this.#parts.state() !== 'discovering') return;
    if (this.#isLooking) this.#looked(undefined, now);
    else this.#parts.failed(error, now);
  }

  focusAnswered(key: string, answer: HttpAnswer, now: number): void {
    if (key === this.#httpKey) this.#asker?.httpAnswered(answer, this.#parts.connection, now);
  }

  focusFailed(key: string, error: JitsiError, now: number): void {
    if (key === this.#httpKey) this.#asker?.httpFailed(error, this.#parts.connection, now);
  }

  /** We are in the room: whether the focus is too. */
  look(now: number): void {
    this.#context?.watch.look(this.#context.room.focus !== undefined, now);
  }

  /** What need not wait for the login. */
  flight(now: number): void {
    const { connection, requests, services } = this.#parts;
    const { deployment, focus } = this.#known('logging in');
    this.#hasFlown = true;
    requests.query(externalServicesQuery(deployment.domain, services), now);
    if (!focus.isOverHttp) focus.askByIq(connection, now);
  }

  /** @param jid the address the server bound us to */
  established(jid: string, now: number): void {
    const { connection, enter, requests, services } = this.#parts;
    const { deployment, focus } = this.#known('logging in');
    const hasFlown = connection.isPipelined && this.#hasFlown;
    this.#hasLoggedIn = true;
    this.#entry.loggedIn(jid);
    if (!services.domain) requests.query(domainInfoQuery(deployment.domain, services), now);
    if (!hasFlown && !services.metadataTellsIceServers)
      requests.query(externalServicesQuery(deployment.domain, services), now);
    enter({ name: 'requesting' }, 'logged in');
    if (focus.isReady) this.#join('the focus is ready', now);
    else if (!hasFlown && !focus.isOverHttp) focus.askByIq(connection, now);
  }

  /** A stream that was to be resumed goes on as a new one: the focus is to be asked. */
  goOnAnew(): void {
    this.#hasFlown = false;
    this.#renewFocus(this.#known('reconnecting'));
    this.#context?.focus.askOverHttp();
  }

  /** Out of the room and in again, on the same stream; we are in it, and wanted to be. */
  enterAgain(occupantJid: string, why: string, now: number): void {
    this.#context?.watch.stop();
    // The one of our first coming may be over.
    this.#renewFocus(this.#known('entering the room again'));
    this.#parts.connection.send(leavePresence(occupantJid, undefined), now);
    this.#join(why, now);
  }

  refused(error: JoinError, now: number): void {
    const { enter, failed, state } = this.#parts;
    if (state() !== 'entering') return;
    const verdict = this.#entry.refused(error);
    if (verdict.type === 'again') this.#join('the endpoint id was taken', now);
    else if (verdict.type === 'failed') failed(error, now);
    else {
      this.#known('joining').focus.askLater(verdict.delay, now);
      enter({ name: 'requesting' }, error.message);
    }
  }

  tick(now: number): void {
    if (this.#tokenDeadline !== undefined && now >= this.#tokenDeadline) this.tokenFailed(noToken(), now);
    this.#context?.focus.tick(this.#parts.connection, now);
    if (this.#isIn) this.#context?.watch.tick(this.#parts.connection, now);
  }

  nextTimeout(): number | undefined {
    return earliest(
      this.#tokenDeadline,
      this.#context?.focus.retryAt,
      this.#isIn ? this.#context?.watch.nextTimeout : undefined,
    );
  }

  /** This time has ended, however. */
  stop(): void {
    this.#isLooking = false;
    this.#stopAwaiting();
    this.#context?.focus.stop();
    this.#context?.watch.stop();
  }

  #stopAwaiting(): void {
    this.#awaiting = undefined;
    this.#tokenDeadline = undefined;
  }

  get #isIn(): boolean {
    return this.#parts.state() === 'joined';
  }

  /** Who has asked the focus last, and takes its answer. */
  get #asker(): FocusDialogue | FocusWatch | undefined {
    const isIn = ['joined', 'leaving', 'closing'].includes(this.#parts.state());
    return isIn ? this.#context?.watch : this.#context?.focus;
  }

  #proceed(goal: EntranceGoal, now: number): void {
    const { connection, enter } = this.#parts;
    if (goal === 'resumption') return this.#resume();
    if (goal === 'resumption-after-look') {
      this.#isLooking = true;
      enter({ name: 'discovering' }, 'the deployment may have moved');
      return this.#askForConfig();
    }
    enter({ name: 'discovering' }, 'started');
    const known = this.#knownDiscovery(now);
    this.#isFresh = known === undefined;
    this.#hasLoggedIn = false;
    this.#hasFlown = false;
    if (known) return this.#discovered(known, now);
    this.#askForConfig();
    if (!this.#context && this.#options.token === undefined) connection.anticipate();
  }

  #askForConfig(): void {
    const url = configUrl(this.#options.address);
    this.#parts.outbox.http({ purpose: 'config', method: 'GET', url, headers: {} });
  }

  #resume(): void {
    this.#isLooking = false;
    this.#parts.enter({ name: 'connecting' }, 'the stream is to be resumed');
    this.#parts.connection.resume();
  }

  #read(answer: HttpAnswer, now: number): Discovery | undefined {
    try {
      return answer.status === 200 ? discover(this.#options, answer, now) : undefined;
    } catch (error) {
      // Such as the page of somebody on the way.
      if (error instanceof JitsiError) return undefined;
      throw error;
    }
  }

  /** What config.js says, if it says anything. Elsewhere nobody knows our stream. */
  #looked(answer: HttpAnswer | undefined, now: number): void {
    const { connection, failed } = this.#parts;
    const discovery = answer && this.#read(answer, now);
    const before = this.#context?.deployment.websocketUrl;
    if (!discovery || !this.#context || discovery.deployment.websocketUrl === before) return this.#resume();
    this.#isLooking = false;
    this.#context = { ...this.#context, ...discovery };
    this.#hasLoggedIn = true;
    const words = `reconnecting: the deployment is at ${discovery.deployment.websocketUrl} now`;
    const error = new ConnectionError(words, { code: 'deployment-moved', retryable: true });
    connection.abandon(error, now);
    failed(error, now);
  }

  /** Where what was found the last time did not lead to a login, it is looked for anew, every other time. */
  #knownDiscovery(now: number): Discovery | undefined {
    if (!this.#context) return knownDiscovery(this.#options, now);
    return this.#hasLoggedIn || this.#isFresh ? this.#context : undefined;
  }

  #discovered(discovery: Discovery, now: number): void {
    const { connection, options, outbox, random, services, sessions } = this.#parts;
    for (const warning of discovery.warnings) outbox.log('warn', warning);
    for (const { path, reason } of discovery.unresolved)
      outbox.log('info', `config.js: ${path} was left out: ${reason}`);
    outbox.log('debug', 'deployment', { ...discovery.deployment, warnings: undefined });
    const before = this.#context;
    if (before) {
      before.room.movedTo(roomJid(discovery.deployment, options.address));
      this.#renewFocus({ ...before, ...discovery });
    } else {
      connection.discovered(discovery, now);
      const parts = { services, sessions, random };
      this.#context = createContext(this.#options, discovery, parts, this.#focusSinks());
    }
    this.#context?.focus.askOverHttp();
    if (before) connection.connectAnew(discovery, 'reconnecting', now);
    else connection.connect('the deployment is known', now);
  }

  #renewFocus(context: ConferenceContext): void {
    const { deployment, room } = context;
    const focus = focusContext(this.#options, deployment, room.jid, this.#parts.random, this.#focusSinks());
    this.#context = { ...context, ...focus };
  }

  #focusSinks(): FocusSinks {
    const { outbox, state, warn } = this.#parts;
    const asking: Pick<FocusSinks['focus'], 'http' | 'waiting'> = {
      http: (request) => {
        this.#httpRequests += 1;
        this.#httpKey = String(this.#httpRequests);
        outbox.http({ ...request, key: this.#httpKey });
      },
      waiting: (delay, why) => outbox.log('info', `asking the focus again in ${delay / 1000} s`, { why }),
    };
    return {
      focus: {
        ...asking,
        // Over HTTP it may be ready before we are logged in.
        ready: (at) => (state() === 'requesting' ? this.#join('the focus is ready', at) : undefined),
        failed: (error, at) => this.#focusFailed(error, at),
      },
      watch: { ...asking, failed: (cause) => warn(focusAway(cause)) },
    };
  }

  #focusFailed(error: Error, now: number): void {
    const { connection, failed } = this.#parts;
    // Sent before the login was complete, the request may have been dropped.
    if (!(error instanceof TimeoutError && connection.fallBack(error, now))) failed(error, now);
  }

  #join(why: string, now: number): void {
    const { connection, enter, options, own } = this.#parts;
    const { room } = this.#known('joining');
    connection.worked(now);
    const { endpointId } = this.#entry;
    // Names of sources begin with the id of who has them; others are ignored.
    if (room.occupantJid !== '' && resourceOf(room.occupantJid) !== endpointId) own.change({ sources: [] });
    const occupantJid = `${room.jid}/${endpointId}`;
    room.entering(occupantJid, options.password !== undefined);
    enter({ name: 'entering', deadline: now + timing.entering }, why);
    connection.send(own.join(occupantJid, options.password), now);
  }

  #noConfig(status: number): ConnectionError {
    const words = `reconnecting: ${configUrl(this.#options.address)} answered with status ${status}`;
    return new ConnectionError(words, { code: 'config-unavailable', retryable: true });
  }

  #known(tried: string): ConferenceContext {
    if (this.#context) return this.#context;
    throw new ConnectionError(`${tried}: there is no connection yet`, { code: 'not-connected' });
  }
}

function focusAway(cause: Error): ConnectionError {
  const words = `asking for the conference again, as the focus has left the room: ${cause.message}; it is asked again`;
  return new ConnectionError(words, { code: 'focus-away', retryable: true, cause });
}

function noToken(): TimeoutError {
  const words = `asking the token function for a token: it gave none within ${timing.token / 1000} s`;
  return new TimeoutError(words, { code: 'token-failed', retryable: true });
}
