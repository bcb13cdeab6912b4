/**
 * The focus of a deployment: creates conferences when asked for them, and offers their members media sessions. It behaves as
 * Jicofo does, down to what it refuses, in which words, and what it leaves without an answer.
 */
import type { Clock } from '../../base/clock.ts';
import { ConnectionError, messageOf, ParseError } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { RandomBytes } from '../../base/random.ts';
import { bareJid } from '../../xmpp/jid.ts';
import { ns } from '../../xmpp/namespaces.ts';
import { iqPayload, iqResult, iqSet } from '../../xmpp/stanza.ts';
import { is, withAttrs, type XmlElement, xml } from '../../xml/element.ts';
import type { Bridge } from '../bridge/bridge.ts';
import type { StanzaLink } from '../xmpp/link.ts';
import { Conference, type Timeouts } from './conference.ts';
import {
  buildConferenceAnswer,
  type ConferenceAnswer,
  type ConferenceRequest,
  readConferenceIq,
  roomOf,
  startMutedLimits,
} from './requests/conference-request.ts';
import { type ConferenceView, viewConference } from './conference-view.ts';
import { FeatureDiscovery } from './feature-discovery.ts';
import { focusDiscoInfo } from './identity.ts';
import type { SessionTable } from './sessions/media-sessions.ts';
import { isMute, mutedMedia, muteRefusal, readMute } from './requests/mute.ts';
import { wire } from './namespaces.ts';
import { buildRefusal, refuseIq, type Refusal } from './requests/refusal.ts';
import { Requests } from './requests/requests.ts';

export interface FocusOptions {
  /** The focus' account; it is closed with the focus. */
  link: StanzaLink;
  /** Where rooms are. */
  mucDomain: string;
  /** The deployment's own domain; requests also come to `focus.` before it. */
  domain: string;
  bridge: Bridge;
  /** Whether it knows of the bridge from the start. Default true. */
  isBridgeAvailable?: boolean;
  clock: Clock;
  random: RandomBytes;
  logger: Logger;
  /** Members from which on there are media sessions. Default 2. */
  minParticipants?: number;
  /** Offer RED for Opus to those who can do it. Default false. */
  opusRed?: boolean;
  /** ms; defaults are Jicofo's: 15 s to start, 20 s alone, 15 s for an answer. */
  timeouts?: Partial<Timeouts>;
}

export interface Focus {
  readonly conferences: readonly ConferenceView[];
  /**
   * The HTTP form of a conference request (jicofo `doc/conference-request.md`).
   * @throws ParseError `room-unusable`; ConnectionError `room-refused` when the focus does not get into the room
   */
  conferenceRequest(request: ConferenceRequest): Promise<ConferenceAnswer>;
  /** Moves a participant, or everybody in the room: ends the session with "moving" and offers a new one. Returns how many. */
  move(room: string, endpointId?: string): number;
  /** Ends a participant's session with "moving", and offers no other until they have left and come again. */
  strand(room: string, endpointId: string): boolean;
  /**
   * Without a bridge sessions end with "moving", rooms are told that there is none, and nobody is offered a session. Once there is
   * one again, everybody is.
   */
  setBridgeAvailable(isAvailable: boolean): void;
  /** Dies: it answers nothing any more and tells nobody. The link stays as it is. */
  crash(): void;
  /** Leaves all rooms and closes the link. */
  close(): Promise<void>;
}

export function createFocus(options: FocusOptions): Focus {
  return new SandboxFocus(options);
}

const defaultTimeouts: Timeouts = { conferenceStart: 15_000, singleParticipant: 20_000, reply: 15_000 };

class SandboxFocus implements Focus {
  readonly #options: FocusOptions;
  readonly #timeouts: Timeouts;
  /** The address that clients know for conference requests. */
  readonly #component: string;
  readonly #requests: Requests;
  readonly #discovery: FeatureDiscovery;
  readonly #sessions: SessionTable = new Map();
  readonly #conferences = new Map<string, Conference>();
  #isBridgeAvailable: boolean;

  constructor(options: FocusOptions) {
    const { clock, link, logger, random } = options;
    this.#options = options;
    this.#isBridgeAvailable = options.isBridgeAvailable ?? true;
    this.#component = `focus.${options.domain}`;
    this.#timeouts = { ...defaultTimeouts, ...options.timeouts };
    this.#requests = new Requests(link, clock, random, this.#timeouts.reply);
    this.#discovery = new FeatureDiscovery(this.#requests);
    link.onStanza((stanza) => {
      try {
        this.#handle(stanza);
      } catch (error) {
        logger.log('error', 'handling a stanza', { stanza: stanza.name, error: messageOf(error) });
      }
    });
    link.onClosed((reason) => {
      logger.log('info', 'the focus is not connected any more', { reason });
      // What Jicofo would tell the bridges goes over the connection that is lost: they go on until their endpoints are silent.
      this.#end((conference) => conference.abandon());
    });
  }

  get conferences(): readonly ConferenceView[] {
    return [...this.#conferences.values()].map(viewConference);
  }

  conferenceRequest(request: ConferenceRequest): Promise<ConferenceAnswer> {
    return new Promise((resolve, reject) => {
      this.#request(request, (answer) => {
        if (answer.ready) return resolve(answer);
        reject(
          new ConnectionError(
            `requesting the conference ${answer.room}: the focus could not enter the room`,
            {
              code: 'room-refused',
              retryable: true,
            },
          ),
        );
      });
    });
  }

  move(room: string, endpointId?: string): number {
    return this.#conferences.get(room)?.media.move(endpointId) ?? 0;
  }

  strand(room: string, endpointId: string): boolean {
    return this.#conferences.get(room)?.media.strand(endpointId) ?? false;
  }

  setBridgeAvailable(isAvailable: boolean): void {
    if (this.#isBridgeAvailable === isAvailable) return;
    this.#isBridgeAvailable = isAvailable;
    for (const conference of this.#conferences.values()) {
      if (isAvailable) conference.bridgeFound();
      else conference.media.move();
    }
  }

  crash(): void {
    this.#options.link.onStanza(() => {});
    this.#end((conference) => conference.abandon());
  }

  async close(): Promise<void> {
    this.#end((conference) => conference.stop());
    await this.#options.link.close();
  }

  #end(end: (conference: Conference) => void): void {
    for (const conference of this.#conferences.values()) end(conference);
    this.#requests.close();
  }

  #handle(stanza: XmlElement): void {
    switch (stanza.name) {
      case 'iq':
        return this.#handleIq(stanza);
      case 'presence':
        return this.#conferences.get(bareJid(stanza.attrs.from ?? ''))?.handlePresence(stanza);
      case 'message':
        return this.#handleMessage(stanza);
    }
  }

  /** Messages to the focus' domain are refused; what a room sends its occupants is none of its business. */
  #handleMessage(message: XmlElement): void {
    const { from, id, to, type } = message.attrs;
    if (to !== this.#component || type === 'error') return;
    const error = buildRefusal({ condition: 'feature-not-implemented' });
    this.#options.link.send(xml(ns.client, 'message', { type: 'error', from: to, to: from, id }, error));
  }

  #handleIq(iq: XmlElement): void {
    const { type } = iq.attrs;
    if (type === 'result' || type === 'error') return this.#requests.answered(iq);
    const payload = iqPayload(iq);
    if (payload && type === 'set') {
      if (is(payload, wire.focus, 'conference')) return this.#handleConferenceRequest(iq, payload);
      if (is(payload, wire.jingle, 'jingle')) return this.#handleJingle(iq, payload);
      if (isMute(payload)) return this.#handleMute(iq, payload);
    }
    if (payload && type === 'get') {
      if (is(payload, ns.discoInfo, 'query')) return this.#answer(iq, focusDiscoInfo(payload.attrs.node));
      if (is(payload, ns.ping, 'ping')) return this.#answer(iq);
    }
    this.#refuse(iq, { condition: 'feature-not-implemented' });
  }

  #handleConferenceRequest(iq: XmlElement, conference: XmlElement): void {
    try {
      this.#request(readConferenceIq(conference), (answer) => {
        // Jicofo fails while it enters the room, and then answers nothing.
        if (answer.ready) this.#answer(iq, buildConferenceAnswer(answer));
      });
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      this.#options.logger.log('warn', 'no answer to a conference request', { reason: error.message });
    }
  }

  /** @throws ParseError `room-unusable` */
  #request(request: ConferenceRequest, answer: (answer: ConferenceAnswer) => void): void {
    const room = roomOf(request, this.#options.mucDomain);
    const existing = this.#conferences.get(room);
    const conference = existing ?? this.#create(room, request);
    conference.requested((entered) =>
      answer({
        room,
        ready: entered,
        focusJid: bareJid(this.#options.link.jid),
        properties: { authentication: 'false', 'visitors-supported': 'false' },
      }),
    );
    if (!existing) conference.start();
  }

  #create(room: string, request: ConferenceRequest): Conference {
    const { bridge, clock, link, minParticipants = 2, opusRed = false, random } = this.#options;
    const logger = this.#options.logger.child({ room });
    const conference = new Conference({
      room,
      link,
      requests: this.#requests,
      discovery: this.#discovery,
      clock,
      logger,
      minParticipants,
      timeouts: this.#timeouts,
      media: {
        findBridge: () => (this.#isBridgeAvailable ? bridge : undefined),
        requests: this.#requests,
        sessions: this.#sessions,
        clock,
        random,
        logger,
        focusJid: link.jid,
        opusRed,
        startMuted: startMutedLimits(request),
      },
      onEnded: () => {
        this.#conferences.delete(room);
        logger.log('info', 'conference ended');
      },
    });
    this.#conferences.set(room, conference);
    logger.log('info', 'conference created');
    return conference;
  }

  #handleJingle(iq: XmlElement, jingle: XmlElement): void {
    const session = this.#sessions.get(jingle.attrs.sid ?? '');
    if (!session) return this.#refuse(iq, { condition: 'bad-request' });
    const reply = session(jingle);
    switch (reply.type) {
      case 'result':
        return this.#answer(iq);
      case 'refusal':
        return this.#refuse(iq, reply.refusal);
      case 'silence':
        this.#options.logger.log('warn', 'no answer to a Jingle request', { reason: reply.why });
        return;
      default:
        reply satisfies never;
    }
  }

  #handleMute(iq: XmlElement, element: XmlElement): void {
    const request = readMute(element);
    if (!request) return this.#refuse(iq, { condition: 'bad-request' });
    const { from = '' } = iq.attrs;
    const media = this.#conferences.get(bareJid(from))?.media;
    if (!media) return this.#refuse(iq, { condition: 'item-not-found' });
    const condition = muteRefusal(request, media.find(from)?.member, media.find(request.target)?.member);
    if (condition) return this.#refuse(iq, { condition });
    this.#answer(iq);
    const mediaType = mutedMedia(element);
    if (mediaType) media.find(request.target)?.endpoint?.setForceMuted(mediaType, request.mute);
    if (request.target === from) return;
    this.#requests.tell(
      iqSet(request.target, '', xml(element.ns, 'mute', { actor: from }, String(request.mute))),
    );
  }

  #answer(iq: XmlElement, payload?: XmlElement): void {
    this.#reply(iq, iqResult(iq, payload));
  }

  #refuse(iq: XmlElement, refusal: Refusal): void {
    this.#reply(iq, refuseIq(iq, refusal));
  }

  /** From the address that was asked: our own, or the component's. Within a room the room sets the address. */
  #reply(iq: XmlElement, reply: XmlElement): void {
    const isComponent = iq.attrs.to === this.#component;
    this.#options.link.send(isComponent ? withAttrs(reply, { from: this.#component }) : reply);
  }
}
