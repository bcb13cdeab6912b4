/**
 * The Jingle IQs that reach us (XEP-0166; jicofo `JingleSession.kt`, lib-jitsi-meet `strophe.jingle.js`): the session with the
 * focus, of which there is one at a time, and what is done with offers. Offers of other participants are declined.
 */
import { earliest } from '../../base/earliest.ts';
import { type JitsiError, MediaError, ParseError } from '../../base/errors.ts';
import { buildJingle, parseJingle } from '../../jingle/jingle.ts';
import type { JingleMessage } from '../../jingle/model.ts';
import { type JingleRefusal, refusals, refuseJingle } from '../../jingle/refusals.ts';
import { RestartLimit } from '../../jingle/restart-limit.ts';
import { JingleSession, type RestartLimits } from '../../jingle/session.ts';
import { replacedByFocus, weLeft } from '../../jingle/session-ends.ts';
import { sessionTried } from '../../jingle/session-errors.ts';
import type {
  SessionCommand,
  SessionEffect,
  SessionEnd,
  SessionEvent,
  SessionInput,
} from '../../jingle/session-io.ts';
import { terminateMessage } from '../../jingle/session-messages.ts';
import type { XmlElement } from '../../xml/element.ts';
import type { IqOutcome } from '../../xmpp/iq-tracker.ts';
import { iqResult } from '../../xmpp/stanza.ts';
import type { ConferenceEvent } from '../events.ts';
import { OfferPace } from './offer-pace.ts';

/** What to do with an offer of the focus. */
export type OfferPolicy =
  /** tell the layer above, which decides */
  | 'offer'
  /** end it at once and stay in the room without media */
  | 'decline';

/** A Jingle request of ours. */
export interface JingleSend {
  to: string;
  jingle: XmlElement;
  /** What it is for, in words. */
  tried: string;
  /** What follows from its outcome. */
  answered(outcome: IqOutcome, now: number): JingleOutcome;
}

export type JingleStep =
  /** the answer to the IQ, to be sent at once */
  | { type: 'reply'; stanza: XmlElement }
  | { type: 'send'; send: JingleSend }
  | { type: 'event'; event: ConferenceEvent }
  /** a command is carried out or has failed */
  | { type: 'answer'; id: string; outcome: IqOutcome }
  | { type: 'log'; message: string; why: string };

/** What is to be done, in order. */
export type JingleOutcome = readonly JingleStep[];

/** Entries of one message whose absence is told. */
const mostOdd = 20;

export class JingleSessions {
  readonly #policy: OfferPolicy;
  /** They count for the participant: a new session does not begin anew. */
  readonly #limits: RestartLimits = { restart: new RestartLimit(), iceRestart: new RestartLimit() };
  /** Jicofo keeps one session with each participant. */
  #session: JingleSession | undefined;
  readonly #pace = new OfferPace();
  /** When the layer above is told of the session; undefined once it has been. Until then it hears nothing of it. */
  #tellAt: number | undefined;
  /** Ended by a request of ours that is not answered yet. */
  readonly #ending = new Set<JingleSession>();
  /** A stream that is resumed may bring an old offer again. */
  #endedSid: string | undefined;
  #lastEnd: SessionEnd | undefined;

  constructor(policy: OfferPolicy) {
    this.#policy = policy;
  }

  /** The session that has not ended. */
  get current(): JingleSession | undefined {
    return this.#session;
  }

  /** How the last session ended; undefined while there is one, and when we left the room. */
  get lastEnd(): SessionEnd | undefined {
    return this.#lastEnd;
  }

  /** Sessions are offered to us, and taken. */
  get isWanted(): boolean {
    return this.#policy === 'offer';
  }

  /**
   * @param jingle the `<jingle/>` element of `iq`
   * @param isFocus whether `iq` is from the focus in our room
   */
  handle(iq: XmlElement, jingle: XmlElement, isFocus: boolean, now: number): JingleOutcome {
    const odd: JingleStep[] = [];
    const leftOut = (what: string): void => {
      const message = `left out of a Jingle message: ${what}`;
      if (odd.length < mostOdd) odd.push({ type: 'log', message, why: 'it cannot be used' });
    };
    let message: JingleMessage;
    try {
      message = parseJingle(jingle, leftOut);
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      return [refuse(iq, { type: 'modify', condition: 'bad-request', text: error.message }), warn(error)];
    }
    // The reply comes first, whatever there is to be said.
    return [...this.#message(iq, message, isFocus, now), ...odd];
  }

  #message(iq: XmlElement, message: JingleMessage, isFocus: boolean, now: number): JingleOutcome {
    const session = this.#session;
    const isKnown = session?.sid === message.sid && session.peer === iq.attrs.from;
    if (session && isKnown) return this.#feed(session, { type: 'message', message }, now, iq);
    if (message.action !== 'session-initiate') return [refuse(iq, refusals.unknownSession)];
    return this.#initiate(iq, message, isFocus, now);
  }

  /** @param id names the command in its `answer` step */
  command(sid: string, id: string, command: SessionCommand, now: number): JingleOutcome {
    const session = this.#session;
    if (session?.sid === sid) return this.#feed(session, { type: 'command', id, command }, now);
    const error = new MediaError(
      `session ${sid} has ended; take the current one from the conference, or wait for the next offer`,
      { code: 'session-ended' },
    );
    return [{ type: 'answer', id, outcome: { ok: false, error } }];
  }

  /** A participant has left the room. */
  left(endpointId: string, now: number): JingleOutcome {
    return this.#session ? this.#feed(this.#session, { type: 'left', endpointId }, now) : [];
  }

  /** Forgets everything without a word, as when the room was left: nothing is to be sent. */
  clear(): JingleOutcome {
    const sessions = [...this.#ending, ...(this.#session ? [this.#session] : [])];
    const steps = sessions.flatMap((session) => this.#feed(session, { type: 'lost', end: weLeft }, 0));
    this.#lastEnd = undefined;
    return steps;
  }

  tick(now: number): JingleOutcome {
    if (!this.#session) return [];
    const isDue = this.#tellAt !== undefined && now >= this.#tellAt;
    const told = isDue ? this.#tell(this.#session, now) : [];
    return [...told, ...this.#feed(this.#session, { type: 'tick' }, now)];
  }

  nextTimeout(): number | undefined {
    return earliest(this.#tellAt, this.#session?.nextTimeout());
  }

  #initiate(iq: XmlElement, offer: JingleMessage, isFocus: boolean, now: number): JingleOutcome {
    const peer = iq.attrs.from ?? '';
    const self = iq.attrs.to;
    // Another participant offers a direct connection; declined, both stay on the bridge.
    if (!isFocus) return decline(iq, offer, 'P2P is not supported');
    if (this.#policy === 'decline') return decline(iq, offer, 'this participant takes no media');
    if (offer.sid === this.#endedSid) return [refuse(iq, refusals.duplicateSession)];
    const lost = { type: 'lost', end: replacedByFocus } as const;
    const replaced = this.#session ? this.#feed(this.#session, lost, now) : [];
    const session = new JingleSession(offer, { peer, self }, this.#limits);
    this.#session = session;
    this.#lastEnd = undefined;
    this.#tellAt = this.#pace.next(now);
    const told = this.#tellAt > now ? [] : this.#tell(session, now);
    return [{ type: 'reply', stanza: iqResult(iq) }, ...replaced, ...told];
  }

  #tell(session: JingleSession, now: number): JingleOutcome {
    this.#tellAt = undefined;
    this.#pace.told(now);
    return [{ type: 'event', event: { name: 'sessionOffered', payload: { session } } }];
  }

  /** @param iq what a reply of the session answers */
  #feed(session: JingleSession, input: SessionInput, now: number, iq?: XmlElement): JingleOutcome {
    const isUntold = session === this.#session && this.#tellAt !== undefined;
    const steps = session
      .handle(input, now)
      .flatMap((effect) => (isUntold && effect.type === 'event' ? [] : this.#step(session, effect, iq)));
    if (session.state.name !== 'ended') return steps;
    if (session.isBusy) this.#ending.add(session);
    else this.#ending.delete(session);
    if (this.#session === session) {
      this.#session = undefined;
      this.#tellAt = undefined;
      this.#endedSid = session.sid;
      this.#lastEnd = session.state.end;
    }
    return steps;
  }

  #step(session: JingleSession, effect: SessionEffect, iq: XmlElement | undefined): JingleStep[] {
    switch (effect.type) {
      case 'reply':
        if (!iq) return [];
        return [effect.refusal ? refuse(iq, effect.refusal) : { type: 'reply', stanza: iqResult(iq) }];
      case 'send': {
        const { request, message } = effect;
        return [
          {
            type: 'send',
            send: {
              to: session.peer,
              jingle: jingleElement(message),
              tried: sessionTried[request.kind],
              answered: (outcome, now) => this.#feed(session, { type: 'answered', request, outcome }, now),
            },
          },
        ];
      }
      case 'settled':
        return [{ type: 'answer', id: effect.id, outcome: effect.outcome }];
      case 'event':
        return [{ type: 'event', event: conferenceEvent(session, effect.event) }];
      case 'transition':
        return [
          {
            type: 'log',
            message: `session ${session.sid}: ${effect.from} → ${effect.to}`,
            why: effect.why,
          },
        ];
      default:
        return effect satisfies never;
    }
  }
}

function conferenceEvent(session: JingleSession, event: SessionEvent): ConferenceEvent {
  switch (event.type) {
    case 'accepted':
      return { name: 'sessionAccepted', payload: { session } };
    case 'sources-added':
      return { name: 'sourcesAdded', payload: { session, added: event.added } };
    case 'sources-removed':
      return { name: 'sourcesRemoved', payload: { session, removed: event.removed } };
    case 'transport-changed': {
      const { transport, iceRestart } = event;
      return { name: 'transportChanged', payload: { session, transport, iceRestart } };
    }
    case 'ended':
      return { name: 'sessionEnded', payload: { session, end: event.end } };
    case 'warning':
      return { name: 'warning', payload: { error: event.error } };
    default:
      return event satisfies never;
  }
}

/** The offer is acknowledged, then ended: a refused IQ would make the focus put us out of its conference. */
function decline(iq: XmlElement, offer: JingleMessage, text: string): JingleOutcome {
  const reason = { condition: 'decline', text };
  const message = terminateMessage(offer, iq.attrs.to, reason, {
    id: offer.bridgeSession?.id,
    restart: false,
  });
  const send: JingleSend = {
    to: iq.attrs.from ?? '',
    jingle: jingleElement(message),
    tried: 'declining a media session',
    // Whether the other side agrees changes nothing for us.
    answered: () => [],
  };
  return [
    { type: 'reply', stanza: iqResult(iq) },
    { type: 'send', send },
  ];
}

function refuse(iq: XmlElement, refusal: JingleRefusal): JingleStep {
  return { type: 'reply', stanza: refuseJingle(iq, refusal) };
}

function warn(error: JitsiError): JingleStep {
  return { type: 'event', event: { name: 'warning', payload: { error } } };
}

/** The element to send for a message. Sources are XML: that is what Jicofo reads. */
export function jingleElement(message: JingleMessage): XmlElement {
  return buildJingle(message, { sources: 'xml' });
}
