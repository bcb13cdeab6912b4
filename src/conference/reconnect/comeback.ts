/**
 * From a conference whose connection is lost to the same conference again: when to try, whether the stream is resumed or the room entered anew, and what
 * that means for what was being said.
 */
import { type JitsiError, ConnectionError } from '../../base/errors.ts';
import { earliest } from '../../base/earliest.ts';
import type { RandomBytes } from '../../base/random.ts';
import type { XmlElement } from '../../xml/element.ts';
import { resourceOf } from '../../xmpp/jid.ts';
import type { Undelivered } from '../../xmpp/stream-management.ts';
import type { ChatOutbox } from '../chat-outbox.ts';
import type { Connection } from '../connection/connection.ts';
import type { Entrance } from '../entrance.ts';
import type { CloseInfo } from '../io.ts';
import { timing } from '../options.ts';
import type { Outbox } from '../outbox.ts';
import type { Room } from '../room/room.ts';
import { type ConferenceState, isOver } from '../state.ts';
import { gaveUp, hopeless, isRefusedLogin } from './hopeless.ts';
import { type Absence, Reconnection, type ReconnectPolicy } from './reconnection.ts';

export interface ComebackParts {
  /** Undefined: a lost connection is the end. */
  policy: ReconnectPolicy | undefined;
  random: RandomBytes;
  connection: Connection;
  entrance: Entrance;
  chat: ChatOutbox;
  outbox: Outbox;
  room(): Room | undefined;
  state(): ConferenceState;
  enter(state: ConferenceState, why: string): void;
  /** What they are about is not ours any more. */
  endSessions(): void;
  /** There is nothing to come back to. */
  end(info: CloseInfo, why: string, now: number): void;
}

export class Comeback {
  readonly #parts: ComebackParts;
  readonly #reconnection: Reconnection | undefined;
  /** Logins that were refused, in a row. */
  #refusedLogins = 0;
  /** Our id in the stay that is over. */
  #formerId = '';
  /** When what the room tells of the past is taken to be told. */
  #historyDeadline: number | undefined;

  constructor(parts: ComebackParts) {
    this.#parts = parts;
    this.#reconnection = parts.policy && new Reconnection(parts.policy, parts.random);
  }

  /** Undefined while the connection is there. */
  get absence(): Absence | undefined {
    return this.#reconnection?.absence;
  }

  nextTimeout(): number | undefined {
    return earliest(this.#reconnection?.nextAt, this.#historyDeadline);
  }

  /** The connection is lost, or a try to have it back has failed. */
  lost(error: JitsiError, now: number): void {
    const { chat, end, enter, entrance, outbox, state } = this.#parts;
    // What is said of a connection that was given up already, or that we are leaving.
    if (state().name === 'interrupted' || isOver(state())) return;
    if (isRefusedLogin(error)) this.#refusedLogins += 1;
    const info = hopeless(error, this.#refusedLogins);
    if (info || !this.#reconnection)
      return end(info ?? { reason: 'connection-lost', error }, error.message, now);
    entrance.stop();
    chat.disconnected();
    this.#historyDeadline = undefined;
    const absence = this.#reconnection.lost(error, now);
    enter({ name: 'interrupted' }, error.message);
    outbox.event({ name: 'reconnecting', payload: absence });
  }

  /** The connection is of no use any more, whatever the server thinks of it. */
  drop(error: JitsiError, now: number): void {
    const { connection, state } = this.#parts;
    this.lost(error, now);
    if (state().name === 'interrupted') connection.hangUp(error, now);
  }

  /** Now, and not when the next try is due; what is connected connects anew. */
  hurry(now: number): void {
    if (this.#parts.state().name === 'joined') this.drop(asked(), now);
    this.#reconnection?.hurry(now);
    this.tick(now);
  }

  /** Our addresses are others: what is connected, or connecting, may hang, and what waits for better times may work. */
  networkChanged(now: number): void {
    this.#parts.connection.probe(now);
    this.#reconnection?.hurry(now);
    this.tick(now);
  }

  /**
   * The connection is there, and so are we, but the focus has nothing for us until we come again (lib-jitsi-meet leaves it to its users to reload).
   * @param isRefused what we have was refused: under other SSRCs it may not be
   */
  enterAgain(error: JitsiError, isRefused: boolean, now: number): void {
    const { chat, entrance, outbox, room, state } = this.#parts;
    const { occupantJid = '' } = room() ?? {};
    if (!this.#reconnection || state().name !== 'joined') return;
    chat.disconnected();
    this.#historyDeadline = undefined;
    const absence = this.#reconnection.lost(error, now);
    this.#reconnection.trying();
    outbox.event({ name: 'reconnecting', payload: { ...absence, nextAt: now } });
    this.#leaveRoom();
    if (isRefused) outbox.push({ type: 'renamed' });
    entrance.enterAgain(occupantJid, error.message, now);
  }

  tick(now: number): void {
    const reconnection = this.#reconnection;
    if (this.#historyDeadline !== undefined && now >= this.#historyDeadline) this.historyTold(now);
    const { absence } = this;
    if (absence && reconnection?.isOver(now)) {
      const error = gaveUp(now - absence.since, absence.attempt, absence.cause);
      this.#parts.end({ reason: 'connection-lost', error }, error.message, now);
    } else if (reconnection?.isDue(now)) {
      reconnection.trying();
      this.#tryAgain(now);
    }
  }

  /** We leave, or it has ended otherwise: nothing is to be tried any more. */
  stop(): void {
    this.#reconnection?.stop();
    this.#historyDeadline = undefined;
  }

  /** The stream goes on as if nothing had happened. */
  resumed(now: number): void {
    const { chat, connection, enter, state } = this.#parts;
    if (isOver(state())) return;
    this.#refusedLogins = 0;
    enter({ name: 'joined' }, 'the stream was resumed');
    this.#back({ resumed: true }, now);
    chat.connected(connection.isAcknowledging, now);
  }

  /** The server knows nothing of the stream any more, and a new one takes its place on the same socket. */
  notResumed(lost: Undelivered, now: number): void {
    this.#giveUpStay(lost, now);
    this.#parts.entrance.goOnAnew();
  }

  loggedIn(): void {
    this.#refusedLogins = 0;
  }

  /** In the room again, after a new login. */
  entered(now: number): void {
    const { endSessions, outbox, room } = this.#parts;
    const previousEndpointId = this.#formerId;
    this.#historyDeadline = now + timing.history;
    const isRenamed = previousEndpointId !== resourceOf(room()?.occupantJid ?? '');
    if (isRenamed) {
      endSessions();
      outbox.push({ type: 'renamed' });
    }
    this.#back(isRenamed ? { resumed: false, previousEndpointId } : { resumed: false }, now);
  }

  /** The room has told what was said before: what was not there has not arrived. */
  historyTold(now: number): void {
    if (this.#historyDeadline === undefined) return;
    this.#historyDeadline = undefined;
    this.#parts.chat.connected(this.#parts.connection.isAcknowledging, now);
  }

  #tryAgain(now: number): void {
    const { connection, entrance } = this.#parts;
    // A stream that has not brought us into the room yet is nothing to go on with.
    if (this.#parts.room()?.isEntered === true && connection.canResume(now)) {
      const hasFailed = (this.absence?.attempt ?? 1) % 2 === 0;
      return entrance.begin(hasFailed ? 'resumption-after-look' : 'resumption', now);
    }
    connection.abandon(this.absence?.cause ?? asked(), now);
    this.#giveUpStay(connection.takeLost(), now);
    entrance.begin('discovery', now);
  }

  /** The room is to be entered anew. Media of the last stay goes on until the focus offers a new session: the bridge may know us all the while. */
  #giveUpStay(lost: Undelivered, now: number): void {
    this.#leaveRoom();
    this.#parts.chat.lost(idsOf(lost.unconfirmed), idsOf(lost.unsent), now);
  }

  #leaveRoom(): void {
    const occupantJid = this.#parts.room()?.lost() ?? '';
    if (occupantJid !== '') this.#formerId = resourceOf(occupantJid);
  }

  #back(how: { resumed: boolean; previousEndpointId?: string }, now: number): void {
    const { outbox, room } = this.#parts;
    const { since = now } = this.absence ?? {};
    this.#reconnection?.back(now);
    const endpointId = resourceOf(room()?.occupantJid ?? '');
    outbox.event({ name: 'reconnected', payload: { away: now - since, endpointId, ...how } });
  }
}

function idsOf(stanzas: readonly XmlElement[]): ReadonlySet<string> {
  return new Set(stanzas.flatMap(({ attrs }) => attrs.id ?? []));
}

function asked(): ConnectionError {
  return new ConnectionError('reconnecting: rejoin() was called', { code: 'rejoin-asked', retryable: true });
}
