/** Our own presence: the state that every update sends whole (lib-jitsi-meet `ChatRoom.ts`, `sendPresence`). */
import { defined } from '../../base/defined.ts';
import { clientCaps } from '../../jitsi/features.ts';
import type { OwnPresence } from '../../jitsi/participant-presence.ts';
import { buildPresence } from '../../jitsi/participant-presence.ts';
import { serialize } from '../../xml/serialize.ts';
import { type XmlElement, xml } from '../../xml/element.ts';
import { buildMucJoin } from '../../xmpp/muc.ts';
import { ns } from '../../xmpp/namespaces.ts';
import { presence } from '../../xmpp/stanza.ts';
import type { ConferenceOptions } from '../options.ts';

/** What may change while in the room; `undefined` removes an optional entry. */
export type OwnPresenceChange = {
  [Key in keyof Omit<OwnPresence, 'caps' | 'statsId'>]?: OwnPresence[Key] | undefined;
};

/** What we are when we come. */
export function initialPresence(options: ConferenceOptions): OwnPresence {
  const { displayName, statsId, codecs, properties, email, avatarUrl, region } = options;
  const caps = clientCaps(options.features);
  const features = options.peerFeatures;
  return defined({
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
  });
}

export class OwnPresenceState {
  #state: OwnPresence;
  #lastSent = '';

  constructor(initial: OwnPresence) {
    this.#state = initial;
  }

  get current(): OwnPresence {
    return this.#state;
  }

  change(change: OwnPresenceChange): void {
    const kept = Object.entries({ ...this.#state, ...change }).filter(([, value]) => value !== undefined);
    this.#state = Object.fromEntries(kept) as unknown as OwnPresence;
  }

  /** The presence that enters the room. Only this one may carry the join extension: with it, later ones would be re-joins. */
  join(occupantJid: string, password: string | undefined): XmlElement {
    const children = buildPresence(this.#state);
    this.#lastSent = fingerprint(occupantJid, children);
    return presence({ to: occupantJid }, buildMucJoin(password), ...children);
  }

  /** The presence that tells the others our state; undefined if they know it. */
  update(occupantJid: string): XmlElement | undefined {
    const children = buildPresence(this.#state);
    const print = fingerprint(occupantJid, children);
    if (print === this.#lastSent) return undefined;
    this.#lastSent = print;
    return presence({ to: occupantJid }, ...children);
  }
}

function fingerprint(occupantJid: string, children: ReturnType<typeof buildPresence>): string {
  return serialize(presence({ to: occupantJid }, ...children));
}

/** Leaves the room; `reason` is shown to the others. */
export function leavePresence(occupantJid: string, reason: string | undefined): XmlElement {
  const status = reason === undefined ? undefined : xml(ns.client, 'status', {}, reason);
  return presence({ type: 'unavailable', to: occupantJid }, status);
}

/** The last stanza before the stream is closed. */
export function unavailablePresence(): XmlElement {
  return presence({ type: 'unavailable' });
}
