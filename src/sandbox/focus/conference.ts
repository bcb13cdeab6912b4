/**
 * One conference: the focus' occupancy of its room, whom it gives the room to, when media sessions begin and when all is over
 * (jicofo `JitsiMeetConferenceImpl.java`, `ChatRoomImpl.kt`, `ChatRoomRoleManager.kt`).
 */
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import { buildDataForm } from '../../xmpp/data-form.ts';
import { ns } from '../../xmpp/namespaces.ts';
import { iqSet, presence as buildPresence } from '../../xmpp/stanza.ts';
import { type XmlElement, xml } from '../../xml/element.ts';
import type { StanzaLink } from '../xmpp/link.ts';
import type { FeatureDiscovery } from './feature-discovery.ts';
import { focusNick, focusPresence } from './identity.ts';
import { MediaSessions, type MediaSessionsOptions } from './sessions/media-sessions.ts';
import { type Member, Members } from './members.ts';
import type { Requests } from './requests/requests.ts';
import { Timer } from './timer.ts';

export interface Timeouts {
  /** ms that the focus waits in an empty room */
  conferenceStart: number;
  /** ms that a session is kept for somebody who is alone */
  singleParticipant: number;
  /** ms that an answer may take */
  reply: number;
}

export interface ConferenceOptions {
  room: string;
  link: StanzaLink;
  requests: Requests;
  discovery: FeatureDiscovery;
  clock: Clock;
  logger: Logger;
  minParticipants: number;
  timeouts: Timeouts;
  media: Omit<MediaSessionsOptions, 'onBridgeCount' | 'onBridgeMissing'>;
  /** It is over; called once. */
  onEnded: () => void;
}

type State =
  /** on the way into the room; requests wait for it */
  | { name: 'entering'; waiting: ((entered: boolean) => void)[] }
  /** in the room, which is being configured */
  | { name: 'configuring'; waiting: ((entered: boolean) => void)[] }
  | { name: 'entered' }
  | { name: 'ended' };

export class Conference {
  readonly room: string;
  readonly media: MediaSessions;
  readonly #options: ConferenceOptions;
  readonly #members = new Members();
  readonly #properties = new Map<string, string>([['support-terminate-restart', 'true']]);
  readonly #enterTimer: Timer;
  readonly #startTimer: Timer;
  readonly #singleTimer: Timer;
  #state: State = { name: 'entering', waiting: [] };
  /** Nick of the member that owns the room. */
  #owner: string | undefined;
  #isBridgeMissing = false;

  constructor(options: ConferenceOptions) {
    this.#options = options;
    this.room = options.room;
    this.#enterTimer = new Timer(options.clock);
    this.#startTimer = new Timer(options.clock);
    this.#singleTimer = new Timer(options.clock);
    this.media = new MediaSessions({
      ...options.media,
      onBridgeCount: (count) => this.#setProperty('bridge-count', String(count)),
      onBridgeMissing: () => this.#setBridgeMissing(true),
    });
  }

  get owner(): string | undefined {
    return this.#owner;
  }

  get members(): readonly Member[] {
    return this.#members.all();
  }

  /** Enters the room. */
  start(): void {
    const { link, logger, timeouts } = this.#options;
    this.#startTimer.start(timeouts.conferenceStart, () => this.stop());
    this.#enterTimer.start(timeouts.reply, () => {
      logger.log('error', 'the room did not let the focus in', { room: this.room });
      this.stop();
    });
    link.send(this.#presence(true));
  }

  /** A request for this conference; `answer` is called once the focus is in the room, or has failed to enter it. */
  requested(answer: (entered: boolean) => void): void {
    if (this.#startTimer.isRunning) {
      this.#startTimer.start(this.#options.timeouts.conferenceStart, () => this.stop());
    }
    if (this.#state.name === 'entering' || this.#state.name === 'configuring')
      this.#state.waiting.push(answer);
    else answer(this.#state.name === 'entered');
  }

  handlePresence(presence: XmlElement): void {
    if (this.#state.name === 'ended') return;
    const change = this.#members.apply(presence);
    switch (change.type) {
      case 'entered':
        return this.#configure();
      case 'expelled':
        return this.#finish();
      case 'joined':
        return this.#joined(change.member, presence);
      case 'left':
        return this.#left(change.member);
      case 'none':
        return;
      default:
        change satisfies never;
    }
  }

  /** There is a bridge again: whoever waits for one gets an offer (`JitsiMeetConferenceImpl.java`, `bridgeAdded`). */
  bridgeFound(): void {
    this.#setBridgeMissing(false);
    this.media.inviteWaiting();
  }

  /** Leaves the room and ends everything. */
  stop(): void {
    if (this.#state.name === 'ended') return;
    this.#finish();
    this.#options.link.send(buildPresence({ type: 'unavailable', to: `${this.room}/${focusNick}` }));
  }

  /** The focus dies, or is cut off: it says nothing any more. */
  abandon(): void {
    this.#end(() => this.media.abandon());
  }

  /** The room is lost already: ends everything else. */
  #finish(): void {
    this.#end(() => this.media.close());
  }

  #end(endMedia: () => void): void {
    const waiting = 'waiting' in this.#state ? this.#state.waiting : [];
    this.#state = { name: 'ended' };
    for (const timer of [this.#enterTimer, this.#startTimer, this.#singleTimer]) timer.stop();
    endMedia();
    for (const answer of waiting) answer(false);
    this.#options.onEnded();
  }

  /** A room that we created is locked until it is configured (XEP-0045, 10.1.3); everybody must see whose address the focus has. */
  #configure(): void {
    if (this.#state.name !== 'entering') return;
    this.#enterTimer.stop();
    const { waiting } = this.#state;
    this.#state = { name: 'configuring', waiting };
    const form = buildDataForm(
      'submit',
      new Map([
        ['FORM_TYPE', ['http://jabber.org/protocol/muc#roomconfig']],
        ['muc#roomconfig_whois', ['anyone']],
      ]),
    );
    const iq = iqSet(this.room, '', xml(ns.mucOwner, 'query', {}, form));
    this.#ask(iq, `configuring the room ${this.room}`, () => {
      if (this.#state.name !== 'configuring') return;
      this.#state = { name: 'entered' };
      for (const answer of waiting) answer(true);
    });
  }

  #joined(member: Member, presence: XmlElement): void {
    this.#startTimer.stop();
    this.#electOwner();
    this.#options.discovery.discover(presence, (features) => {
      if (this.#state.name === 'ended' || this.#members.get(member.nick) !== member) return;
      member.features = features;
      this.#inviteAfter(member);
    });
  }

  /** `member` is ready to be invited; if it makes the conference large enough, so are those who waited for it. */
  #inviteAfter(member: Member): void {
    if (this.#members.size < this.#options.minParticipants) return;
    this.#singleTimer.stop();
    const invited = this.media.size === 0 ? this.#members.all() : [member];
    for (const each of invited) if (each.features) this.media.invite(each, each.features);
  }

  #left(member: Member): void {
    if (member.nick === this.#owner) {
      this.#owner = undefined;
      this.#electOwner();
    }
    this.media.left(member);
    if (this.media.size === 1) {
      this.#singleTimer.start(this.#options.timeouts.singleParticipant, () => this.media.expireSingle());
    }
    if (this.#members.size === 0) this.stop();
  }

  /** The room needs an owner: one that it has already, else whoever came first. */
  #electOwner(): void {
    if (this.#owner !== undefined) return;
    const members = this.#members.all().filter(({ isVisitor }) => !isVisitor);
    const owner = members.find(({ isOwner }) => isOwner) ?? members[0];
    if (!owner) return;
    this.#owner = owner.nick;
    if (owner.isOwner || owner.realJid === undefined) return;
    const item = xml(ns.mucAdmin, 'item', { affiliation: 'owner', jid: owner.realJid });
    const iq = iqSet(this.room, '', xml(ns.mucAdmin, 'query', {}, item));
    this.#ask(iq, `making ${owner.nick} the owner of ${this.room}`, () => {});
  }

  #setProperty(key: string, value: string): void {
    if (this.#properties.get(key) === value) return;
    this.#properties.set(key, value);
    this.#announce();
  }

  #setBridgeMissing(isMissing: boolean): void {
    if (this.#isBridgeMissing === isMissing) return;
    this.#isBridgeMissing = isMissing;
    this.#announce();
  }

  #announce(): void {
    if (this.#state.name === 'entered') this.#options.link.send(this.#presence(false));
  }

  #presence(isJoining: boolean): XmlElement {
    return focusPresence(this.room, {
      properties: this.#properties,
      isBridgeMissing: this.#isBridgeMissing,
      isJoining,
    });
  }

  /** A request whose refusal is no reason to stop. */
  #ask(iq: XmlElement, tried: string, done: () => void): void {
    this.#options.requests.ask(iq, tried, (outcome) => {
      if (!outcome.ok) this.#options.logger.log('warn', outcome.error.message);
      done();
    });
  }
}
