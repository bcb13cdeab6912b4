/**
 * A media session with the focus, from its offer to its end (XEP-0166, 6; jicofo `JingleSession.kt`,
 * `JingleIqRequestHandler.kt`, `Participant.kt`). A pure machine: `handle` takes an input and returns effects, `nextTimeout`
 * says when a `tick` is due. Not implemented: sessions that we initiate, and changes of contents.
 *
 * offered → accepting → active → ended; from every state to ended, from accepting back to offered when nobody answers.
 */
import { defined } from '../base/defined.ts';
import { earliest } from '../base/earliest.ts';
import { JitsiError } from '../base/errors.ts';
import type { IqOutcome } from '../xmpp/iq-tracker.ts';
import { StanzaError } from '../xmpp/stanza-error.ts';
import { IceRestart } from './ice-restart.ts';
import { transportOf } from './jingle.ts';
import type { IceTransport, JingleMessage, JingleReason } from './model.ts';
import { type JingleRefusal, refusals } from './refusals.ts';
import { RemoteSide } from './remote-side.ts';
import { type RestartLimit, RestartLimitError } from './restart-limit.ts';
import { acceptRefused, endedByFocus, endedByUs, goneAtFocus } from './session-ends.ts';
import {
  fingerprintChanged,
  fingerprintChangedError,
  iceRestartTimeout,
  noBridgeSession,
  requestError,
  saysGone,
  sessionEnded,
  sessionTried,
  wrongState,
} from './session-errors.ts';
import type {
  SessionCommand,
  SessionEffect,
  SessionEnd,
  SessionEvent,
  SessionInput,
  SessionRequest,
  SessionState,
} from './session-io.ts';
import {
  checkAccept,
  checkSources,
  iceRestartMessage,
  sourceChange,
  terminateMessage,
  transportInfo,
} from './session-messages.ts';
import type { SourceMap } from './source-map.ts';

/** What we asked for in this participant's earlier sessions counts too. */
export interface RestartLimits {
  restart: RestartLimit;
  iceRestart: RestartLimit;
}

export class JingleSession {
  readonly sid: string;
  /** Occupant JID of the focus. */
  readonly peer: string;
  readonly offer: JingleMessage;
  readonly #remote: RemoteSide;
  readonly #self: string | undefined;
  readonly #limits: RestartLimits;
  #state: SessionState = { name: 'offered' };
  #bridgeSession: string | undefined;
  #effects: SessionEffect[] = [];
  /** Source changes, sent one after the other: Jicofo checks each against what is there. */
  readonly #changes: { command: string; message: JingleMessage }[] = [];
  #isChanging = false;
  /** Commands that are not settled. */
  readonly #open = new Map<string, SessionRequest['kind']>();
  #iceRestart: IceRestart | undefined;
  /** The focus replaced the transport, and it is too early to ask for a restart. */
  #restartAt: number | undefined;

  /** @param peers.self our address, as the offer was sent to it */
  constructor(
    offer: JingleMessage,
    peers: { peer: string; self: string | undefined },
    limits: RestartLimits,
  ) {
    this.sid = offer.sid;
    this.peer = peers.peer;
    this.offer = offer;
    this.#self = peers.self;
    this.#limits = limits;
    this.#remote = new RemoteSide(offer);
    this.#bridgeSession = offer.bridgeSession?.id;
  }

  get state(): SessionState {
    return this.#state;
  }

  /** Everybody's sources, as they are now. */
  get sources(): SourceMap {
    return this.#remote.sources;
  }

  /** Whether a command waits for the focus. */
  get isBusy(): boolean {
    return this.#open.size > 0;
  }

  /** ICE and DTLS parameters of the bridge, as they are now. */
  get transport(): IceTransport | undefined {
    return this.#remote.transport;
  }

  handle(input: SessionInput, now: number): SessionEffect[] {
    switch (input.type) {
      case 'message':
        this.#message(input.message, now);
        break;
      case 'command':
        this.#command(input.id, input.command, now);
        break;
      case 'answered':
        this.#answered(input.request, input.outcome, now);
        break;
      case 'lost':
        this.#end(input.end, 'over without a word');
        // A request that ended the session may still be under way.
        this.#abandon();
        break;
      case 'left':
        this.#tell(this.#remote.removeSources(this.#remote.sources.ofOwner(input.endpointId)));
        break;
      case 'tick':
        this.#tick(now);
        break;
      default:
        input satisfies never;
    }
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  /** When a `tick` is due, ms since the epoch. */
  nextTimeout(): number | undefined {
    return earliest(this.#restartAt, this.#iceRestart?.deadline);
  }

  #tick(now: number): void {
    if (this.#iceRestart && now >= this.#iceRestart.deadline) {
      this.#iceRestartDone({ ok: false, error: iceRestartTimeout() });
    }
    if (this.#restartAt !== undefined && now >= this.#restartAt) this.#replaced(now);
  }

  // What the focus says

  #message(message: JingleMessage, now: number): void {
    if (this.#state.name === 'ended') return this.#reply(refusals.unknownSession);
    switch (message.action) {
      case 'source-add':
        this.#reply();
        return this.#tell(this.#remote.addSources(message.sources));
      case 'source-remove':
        this.#reply();
        return this.#tell(this.#remote.removeSources(message.sources));
      case 'transport-info':
        this.#reply();
        return this.#transportInfo(transportOf(message));
      case 'transport-replace':
        // Answered as lib-jitsi-meet does, which cannot follow it either: a new session has the new transport too.
        this.#reply();
        this.#bridgeSession = message.bridgeSession?.id ?? this.#bridgeSession;
        return this.#replaced(now);
      case 'session-terminate':
        this.#reply();
        return this.#end(endedByFocus(message.reason), 'the focus ended it');
      case 'session-info':
        // Nothing that the focus may say in it asks for anything.
        return this.#reply();
      case 'session-initiate':
        return this.#reply(refusals.duplicateSession);
      case 'session-accept':
      case 'transport-accept':
      case 'transport-reject':
        return this.#reply(refusals.outOfOrder);
      default:
        return this.#reply(refusals.unsupportedAction);
    }
  }

  #transportInfo(update: IceTransport | undefined): void {
    if (update && this.#remote.contradicts(update)) return this.#distrust();
    const events = update ? this.#remote.updateTransport(update) : [];
    this.#tell(events);
    if (events.some((event) => event.type === 'transport-changed' && event.iceRestart))
      this.#iceRestart?.renewed();
    this.#iceRestartDone(this.#iceRestart?.result);
  }

  /** XEP-0166, 7.4: `security-error` */
  #distrust(): void {
    this.#tell([{ type: 'warning', error: fingerprintChangedError(this.sid) }]);
    this.#terminate({ condition: 'security-error', text: fingerprintChanged }, undefined);
  }

  /** The transport is another now: a new session is asked for as soon as that is allowed. */
  #replaced(now: number): void {
    const wait = this.#limits.restart.wait(now);
    if (this.#bridgeSession === undefined) {
      this.#tell([{ type: 'warning', error: noBridgeSession('restart') }]);
    } else if (wait > 0) {
      this.#restartAt = now + wait;
    } else {
      this.#restart(undefined, now);
    }
  }

  // What our user wants

  #command(id: string, command: SessionCommand, now: number): void {
    this.#open.set(id, kindOf(command));
    try {
      this.#carryOut(id, command, now);
    } catch (error) {
      if (!(error instanceof JitsiError)) throw error;
      this.#settle(id, { ok: false, error });
    }
  }

  #carryOut(id: string, command: SessionCommand, now: number): void {
    const state = this.#state;
    if (state.name === 'ended') throw sessionEnded(sessionTried[kindOf(command)]);
    switch (command.type) {
      case 'accept': {
        if (state.name !== 'offered') throw wrongState('accept', state.name);
        checkAccept(this.offer, command.message);
        const { initiator } = this.offer;
        const accept = { ...defined({ initiator, responder: this.#self }), ...command.message };
        this.#enter({ name: 'accepting', accept }, 'the offer was accepted');
        return this.#request({ kind: 'accept', command: id }, accept);
      }
      case 'add-sources':
      case 'remove-sources': {
        checkSources(command.sources);
        const action = command.type === 'add-sources' ? 'source-add' : 'source-remove';
        const message = sourceChange(this.offer, this.#self, action, command.sources);
        this.#changes.push({ command: id, message });
        return this.#nextChange();
      }
      case 'trickle': {
        if (state.name === 'offered') throw wrongState('trickle', state.name);
        const message = transportInfo(this.offer, this.#self, state.accept, command.transport);
        return this.#request({ kind: 'trickle', command: id }, message);
      }
      case 'restart':
        return this.#restart(id, now);
      case 'restart-ice':
        return this.#restartIce(id, now);
      case 'terminate':
        return this.#terminate(command.reason, id);
      default:
        command satisfies never;
    }
  }

  #terminate(reason: JingleReason, command: string | undefined): void {
    this.#end(endedByUs(reason, false), 'we ended it', command);
    const bridge = { id: this.#bridgeSession, restart: false };
    const message = terminateMessage(this.offer, this.#self, reason, bridge);
    this.#request({ kind: 'terminate', command }, message);
  }

  #nextChange(): void {
    if (this.#state.name !== 'active' || this.#isChanging) return;
    const next = this.#changes.shift();
    if (!next) return;
    this.#isChanging = true;
    this.#request({ kind: 'sources', command: next.command }, next.message);
  }

  #restart(command: string | undefined, now: number): void {
    const id = this.#countRestart('restart', this.#limits.restart, now);
    // As lib-jitsi-meet says it; the focus reads `restart` only.
    const reason = { condition: 'connectivity-error', text: 'ICE FAILED' };
    this.#end(endedByUs(reason, true), 'we ask for a new session', command);
    const message = terminateMessage(this.offer, this.#self, reason, { id, restart: true });
    this.#request({ kind: 'restart', command }, message);
  }

  #restartIce(command: string, now: number): void {
    if (this.#state.name !== 'active' || this.#iceRestart) throw wrongState('ice-restart', this.#state.name);
    const id = this.#countRestart('ice-restart', this.#limits.iceRestart, now);
    this.#iceRestart = new IceRestart(command, now);
    this.#request({ kind: 'ice-restart', command }, iceRestartMessage(this.offer, this.#self, id));
  }

  /** The id of the bridge session that the request is about. @throws MediaError when it must not be sent */
  #countRestart(kind: 'restart' | 'ice-restart', limit: RestartLimit, now: number): string {
    if (this.#bridgeSession === undefined) throw noBridgeSession(kind);
    const wait = limit.wait(now);
    if (wait > 0) throw new RestartLimitError(kind, wait);
    limit.requested(now);
    return this.#bridgeSession;
  }

  // What the focus answers

  #answered(request: SessionRequest, outcome: IqOutcome, now: number): void {
    const { kind, command } = request;
    const result: IqOutcome = outcome.ok ? outcome : { ok: false, error: requestError(kind, outcome.error) };
    switch (kind) {
      case 'accept':
        return this.#acceptAnswered(command, outcome, result);
      case 'sources':
        this.#isChanging = false;
        this.#settle(command, result);
        this.#endIfGone(kind, outcome);
        return this.#nextChange();
      case 'trickle':
        this.#settle(command, result);
        return this.#endIfGone(kind, outcome);
      case 'restart':
        this.#limits.restart.answered(now);
        if (!result.ok && result.error instanceof JitsiError)
          this.#tell([{ type: 'warning', error: result.error }]);
        return this.#settle(command, result);
      case 'ice-restart':
        this.#limits.iceRestart.answered(now);
        if (!this.#iceRestart || this.#iceRestart.command !== command) return undefined;
        if (!result.ok) return this.#iceRestartDone(result);
        this.#iceRestart.acknowledged(result, now);
        return this.#iceRestartDone(this.#iceRestart.result);
      case 'terminate':
        // Whether the other side agrees that a session is over changes nothing for us.
        return this.#settle(command, result);
      default:
        return kind satisfies never;
    }
  }

  #acceptAnswered(command: string | undefined, outcome: IqOutcome, result: IqOutcome): void {
    const state = this.#state;
    // It ended meanwhile, and whoever accepted knows.
    if (state.name !== 'accepting') return;
    if (outcome.ok) {
      this.#enter({ name: 'active', accept: state.accept }, 'the focus took our session-accept');
      this.#tell([{ type: 'accepted' }]);
      this.#settle(command, result);
      return this.#nextChange();
    }
    this.#settle(command, result);
    const { error } = outcome;
    if (saysGone('accept', error)) return this.#endIfGone('accept', outcome);
    // The focus may not have read it: the session can still be accepted, or given up for a new one.
    if (!(error instanceof StanzaError)) return this.#enter({ name: 'offered' }, error.message);
    return this.#end(acceptRefused(error.info.text), error.message);
  }

  #endIfGone(kind: SessionRequest['kind'], outcome: IqOutcome): void {
    if (!outcome.ok && saysGone(kind, outcome.error)) this.#end(goneAtFocus, outcome.error.message);
  }

  /** Nothing to do while it goes on. */
  #iceRestartDone(result: IqOutcome | undefined): void {
    if (!this.#iceRestart || !result) return;
    const { command } = this.#iceRestart;
    this.#iceRestart = undefined;
    this.#settle(command, result);
  }

  // Effects

  /** @param by the command that ends it; all others have nothing to wait for any more */
  #end(end: SessionEnd, why: string, by?: string): void {
    if (this.#state.name === 'ended') return;
    this.#enter({ name: 'ended', end }, why);
    this.#tell([{ type: 'ended', end }]);
    this.#restartAt = undefined;
    this.#iceRestart = undefined;
    this.#changes.length = 0;
    this.#abandon(by);
  }

  /** @param except a command that goes on */
  #abandon(except?: string): void {
    for (const [command, kind] of this.#open) {
      if (command !== except) this.#settle(command, { ok: false, error: sessionEnded(sessionTried[kind]) });
    }
  }

  #request(request: SessionRequest, message: JingleMessage): void {
    this.#effects.push({ type: 'send', request, message });
  }

  #settle(command: string | undefined, outcome: IqOutcome): void {
    if (command === undefined || !this.#open.delete(command)) return;
    this.#effects.push({ type: 'settled', id: command, outcome });
  }

  #reply(refusal?: JingleRefusal): void {
    this.#effects.push(refusal ? { type: 'reply', refusal } : { type: 'reply' });
  }

  #tell(events: readonly SessionEvent[]): void {
    for (const event of events) this.#effects.push({ type: 'event', event });
  }

  #enter(state: SessionState, why: string): void {
    const from = this.#state.name;
    this.#state = state;
    this.#effects.push({ type: 'transition', from, to: state.name, why });
  }
}

function kindOf({ type }: SessionCommand): SessionRequest['kind'] {
  switch (type) {
    case 'add-sources':
    case 'remove-sources':
      return 'sources';
    case 'restart-ice':
      return 'ice-restart';
    default:
      return type;
  }
}
