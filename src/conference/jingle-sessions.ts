/**
 * The Jingle IQs that reach us: offers of the focus, what follows them, and offers of other participants, which are
 * declined (XEP-0166; jicofo `JingleSession.kt`, lib-jitsi-meet `strophe.jingle.js`). What is accepted is the business of
 * the layer above: here offers are acknowledged, kept up to date and ended.
 */
import { ParseError } from '../base/errors.ts';
import { buildJingle, parseJingle } from '../jingle/jingle.ts';
import type { JingleMessage, JingleReason } from '../jingle/model.ts';
import { SourceMap } from '../jingle/source-map.ts';
import { type XmlElement, xml } from '../xml/element.ts';
import { resourceOf } from '../xmpp/jid.ts';
import { errorReply, iqResult } from '../xmpp/stanza.ts';
import type { ConferenceEvent } from './events.ts';
import type { OfferedSession, SessionEnd } from './offered-session.ts';

/** What to do with an offer of the focus. */
export type OfferPolicy =
  /** tell the layer above, which decides */
  | 'offer'
  /** end it at once and stay in the room without media */
  | 'decline';

export interface JingleOutcome {
  /** To be sent at once: the answer to the IQ. */
  reply: XmlElement;
  /** Jingle messages to send to `to` as requests of our own. */
  sends: { to: string; jingle: JingleMessage }[];
  events: ConferenceEvent[];
}

export class JingleSessions {
  readonly #policy: OfferPolicy;
  /** Jicofo keeps one session with each participant. */
  #session: OfferedSession | undefined;

  constructor(policy: OfferPolicy) {
    this.#policy = policy;
  }

  get current(): OfferedSession | undefined {
    return this.#session;
  }

  /** @param jingle the `<jingle/>` element of `iq` */
  handle(iq: XmlElement, jingle: XmlElement): JingleOutcome {
    let message: JingleMessage;
    try {
      message = parseJingle(jingle);
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      const reply = errorReply(iq, 'modify', 'bad-request', error.message);
      return { reply, sends: [], events: [{ name: 'warning', payload: { error } }] };
    }
    const peer = iq.attrs.from ?? '';
    if (message.action === 'session-initiate') return this.#initiate(iq, message, peer);
    const session = this.#session;
    if (!session || session.sid !== message.sid || session.peer !== peer) {
      // XEP-0166, 10: unknown-session. A message that crossed the end of its session gets this too.
      const unknown = xml('urn:xmpp:jingle:errors:1', 'unknown-session');
      return {
        reply: errorReply(iq, 'cancel', 'item-not-found', undefined, [unknown]),
        sends: [],
        events: [],
      };
    }
    return { reply: iqResult(iq), sends: [], events: this.#update(session, message) };
  }

  /** Ends the session from our side; returns what to send, or undefined when there is none. */
  terminate(
    reason: JingleReason,
    restart: boolean,
  ): { to: string; jingle: JingleMessage; event: ConferenceEvent } | undefined {
    const session = this.#session;
    if (!session) return undefined;
    const event = this.#end({
      reason: reason.condition,
      by: 'us',
      ...(reason.text === undefined ? {} : { text: reason.text }),
    });
    const jingle = terminateMessage(session.offer, reason, restart);
    return event && { to: session.peer, jingle, event };
  }

  /** Forgets the session without a word, as when the room was left. */
  clear(): ConferenceEvent[] {
    const ended = this.#end({ reason: 'gone', by: 'us' });
    return ended ? [ended] : [];
  }

  #initiate(iq: XmlElement, offer: JingleMessage, peer: string): JingleOutcome {
    if (resourceOf(peer) !== 'focus') {
      // Another participant offers a direct connection; declined, both stay on the bridge.
      const jingle = terminateMessage(offer, { condition: 'decline', text: 'P2P is not supported' }, false);
      return { reply: iqResult(iq), sends: [{ to: peer, jingle }], events: [] };
    }
    if (this.#session?.sid === offer.sid) {
      return {
        reply: errorReply(iq, 'cancel', 'service-unavailable', 'this session exists already'),
        sends: [],
        events: [],
      };
    }
    if (this.#policy === 'decline') {
      const jingle = terminateMessage(
        offer,
        { condition: 'decline', text: 'this participant takes no media' },
        false,
      );
      return { reply: iqResult(iq), sends: [{ to: peer, jingle }], events: [] };
    }
    const replaced = this.#end({ reason: 'replaced', by: 'focus' });
    const sources = new SourceMap();
    sources.add(offer.sources);
    this.#session = { sid: offer.sid, peer, offer, sources };
    const events: ConferenceEvent[] = replaced ? [replaced] : [];
    events.push({ name: 'sessionOffered', payload: { session: this.#session } });
    return { reply: iqResult(iq), sends: [], events };
  }

  #update(session: OfferedSession, message: JingleMessage): ConferenceEvent[] {
    switch (message.action) {
      case 'source-add':
        session.sources.add(message.sources);
        return [{ name: 'sourcesAdded', payload: { session, added: message.sources } }];
      case 'source-remove':
        session.sources.remove(message.sources);
        return [{ name: 'sourcesRemoved', payload: { session, removed: message.sources } }];
      case 'session-terminate': {
        const { condition = 'success', text } = message.reason ?? {};
        const ended = this.#end({ reason: condition, by: 'focus', ...(text === undefined ? {} : { text }) });
        return ended ? [ended] : [];
      }
      default:
        // Acknowledged and otherwise without effect for a session that carries no media yet.
        return [];
    }
  }

  #end(end: SessionEnd): ConferenceEvent | undefined {
    const session = this.#session;
    this.#session = undefined;
    return session && { name: 'sessionEnded', payload: { session, end } };
  }
}

function terminateMessage(offer: JingleMessage, reason: JingleReason, restart: boolean): JingleMessage {
  const id = offer.bridgeSession?.id;
  return {
    action: 'session-terminate',
    sid: offer.sid,
    contents: [],
    sources: { sources: [], groups: [] },
    reason,
    // Without our bridge session's id the focus takes the request for one about an older session.
    ...(id === undefined ? {} : { bridgeSession: { id, restart } }),
  };
}

/** The element to send for a message of {@link JingleSessions}. */
export function jingleElement(message: JingleMessage): XmlElement {
  return buildJingle(message, { sources: 'xml' });
}
