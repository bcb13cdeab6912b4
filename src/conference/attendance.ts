/** Being in the room: what it tells us, what it knows of us, and whether all is there that belongs to it. */
import { JitsiError } from '../base/errors.ts';
import type { RandomBytes } from '../base/random.ts';
import type { XmlElement } from '../xml/element.ts';
import type { ChatOutbox } from './chat-outbox.ts';
import type { Connection } from './connection/connection.ts';
import type { ConferenceContext } from './context.ts';
import type { EarlyWarnings } from './early-warnings.ts';
import type { Entrance } from './entrance.ts';
import type { ConferenceEvent } from './events.ts';
import type { Farewell } from './farewell.ts';
import type { CloseInfo } from './io.ts';
import type { Outbox } from './outbox.ts';
import { roomInfoQuery } from './queries.ts';
import type { Comeback } from './reconnect/comeback.ts';
import type { Requests } from './requests.ts';
import type { OwnPresenceState } from './room/own-presence.ts';
import type { JingleSessions } from './sessions/jingle-sessions.ts';
import { SessionWatch } from './sessions/session-watch.ts';
import type { ConferenceState } from './state.ts';

export interface AttendanceParts {
  random: RandomBytes;
  connection: Connection;
  requests: Requests;
  outbox: Outbox;
  entrance: Entrance;
  comeback: Comeback;
  farewell: Farewell;
  chat: ChatOutbox;
  own: OwnPresenceState;
  sessions: JingleSessions;
  earlyWarnings: EarlyWarnings;
  /** @throws ConnectionError `not-connected` */
  known(tried: string): ConferenceContext;
  state(): ConferenceState['name'];
  enter(state: ConferenceState, why: string): void;
}

export class Attendance {
  readonly #parts: AttendanceParts;
  readonly #watch: SessionWatch;

  constructor(parts: AttendanceParts) {
    this.#parts = parts;
    this.#watch = new SessionWatch(parts.random);
  }

  /** When a {@link look} is due, ms since the epoch. */
  get nextTimeout(): number | undefined {
    return this.#isIn ? this.#watch.nextTimeout : undefined;
  }

  stanza(stanza: XmlElement, now: number): void {
    const { comeback, connection, entrance, known, outbox, requests } = this.#parts;
    const { stanzas, room } = known('receiving');
    outbox.event({ name: 'stanzaReceived', payload: { stanza } });
    const outcome = stanzas.handle(stanza, now);
    for (const reply of outcome.replies) connection.send(reply, now);
    if (outcome.entered) this.#entered(now);
    for (const event of outcome.events) {
      outbox.event(event);
      this.#chatted(event, now);
    }
    if (outcome.historyTold) comeback.historyTold(now);
    requests.sessionSteps(outcome.jingle, now);
    if (outcome.roomChanged && this.#isIn) requests.query(roomInfoQuery(room.jid), now);
    if (outcome.refused) entrance.refused(outcome.refused, now);
    if (outcome.left) this.#out(outcome.left, now);
    this.look(now);
  }

  /** Whether the focus is there, and a media session where there should be one. */
  look(now: number): void {
    const { comeback, entrance, known, sessions } = this.#parts;
    if (!this.#isIn) return;
    const { room } = known('being in the room');
    entrance.look(now);
    if (!sessions.isWanted) return;
    const { current, lastEnd } = sessions;
    const others = room.participants.size;
    const sight = { hasSession: current !== undefined, lastEnd, others, focus: room.focus };
    const lack = this.#watch.look(sight, now);
    if (lack) comeback.enterAgain(lack, lastEnd?.reason === 'refused', now);
  }

  /** Tells the others what is new of us. */
  sendPresence(now: number): void {
    const { connection, known, own } = this.#parts;
    const update = own.update(known('updating our presence').room.occupantJid);
    if (update) connection.send(update, now);
  }

  get #isIn(): boolean {
    return this.#parts.state() === 'joined';
  }

  #chatted({ name, payload }: ConferenceEvent, now: number): void {
    const { chat } = this.#parts;
    if (name === 'messageReceived' && payload.message.isOwn) chat.echoed(payload.message.id ?? '');
    else if (name === 'participantJoined') chat.arrived(payload.participant.occupantJid, now);
    else if (name === 'messageFailed') chat.failed(payload.id ?? '', payload.error);
  }

  #entered(now: number): void {
    const { chat, comeback, connection, earlyWarnings, enter, known, outbox, requests, state } = this.#parts;
    if (state() !== 'entering') return;
    enter({ name: 'joined' }, 'our own presence came back');
    requests.query(roomInfoQuery(known('joining').room.jid), now);
    if (comeback.absence) comeback.entered(now);
    else {
      outbox.push({ type: 'joined' });
      chat.connected(connection.isAcknowledging, now);
    }
    earlyWarnings.joined(now);
    // What changed while the join was under way.
    this.sendPresence(now);
  }

  /** Our unavailable presence: we left, or were made to. */
  #out(info: CloseInfo, now: number): void {
    const { comeback, farewell, state } = this.#parts;
    if (state() === 'leaving') return farewell.close({ reason: 'left' }, 'the room saw us leave', now);
    if (!this.#isIn) return;
    const reason = info.reason === 'left' ? 'removed' : info.reason;
    const { error } = info;
    // The server has lost us, or shuts down.
    if (reason === 'connection-lost' && error instanceof JitsiError) comeback.drop(error, now);
    else farewell.close({ ...info, reason }, `we are out of the room: ${reason}`, now);
  }
}
