/** What was said in a room, for those who come later (XEP-0045, 7.2.13 and 7.2.14). */
import type { Milliseconds } from '../../base/clock.ts';
import { child, type XmlElement, withAttrs, xml } from '../../xml/element.ts';
import { serialize } from '../../xml/serialize.ts';
import { ns } from '../../xmpp/namespaces.ts';
import { timestamp } from '../xmpp/timestamp.ts';

/** Prosody's default. */
const length = 20;

const hints = 'urn:xmpp:hints';

export class History {
  readonly #roomJid: string;
  readonly #messages: { message: XmlElement; at: Milliseconds }[] = [];

  constructor(roomJid: string) {
    this.#roomJid = roomJid;
  }

  /**
   * Keeps a message that has a body or asks to be kept (XEP-0334, 4).
   * @param message as it was sent to everybody, without `to`
   */
  add(message: XmlElement, now: number): void {
    const isKept =
      !child(message, 'no-store', hints) &&
      !child(message, 'no-permanent-store', hints) &&
      (child(message, 'store', hints) ?? child(message, 'body')) !== undefined;
    if (!isKept) return;
    const said = { ...message, children: [...message.children, delayOf(this.#roomJid, now)] };
    this.#messages.push({ message: said, at: now });
    if (this.#messages.length > length) this.#messages.shift();
  }

  /** The last ones, as many as are wanted; oldest first. */
  messagesTo(realJid: string, request: HistoryRequest, now: Milliseconds): readonly XmlElement[] {
    const since = Math.max(request.since, now - request.seconds * 1000);
    const recent = this.#messages.filter(({ at }) => at >= since).slice(-length);
    const wanted: XmlElement[] = [];
    let characters = 0;
    for (const { message } of recent.toReversed()) {
      const addressed = withAttrs(message, { to: realJid });
      characters += serialize(addressed).length;
      if (wanted.length >= request.stanzas || characters > request.characters) break;
      wanted.unshift(addressed);
    }
    return wanted;
  }
}

/** How much a newcomer wants (XEP-0045, 7.2.13); Infinity where they do not say. */
export interface HistoryRequest {
  stanzas: number;
  characters: number;
  seconds: number;
  /** ms since the epoch; 0: from the beginning */
  since: Milliseconds;
}

/** @param history of a presence that asks to enter; what cannot be read counts as not said */
export function readHistoryRequest(history: XmlElement | undefined): HistoryRequest {
  const { maxchars, maxstanzas, seconds, since = '' } = history?.attrs ?? {};
  return {
    stanzas: readCount(maxstanzas),
    characters: readCount(maxchars),
    seconds: readCount(seconds),
    since: Date.parse(since) || 0,
  };
}

function readCount(text: string | undefined): number {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : Number.POSITIVE_INFINITY;
}

/** When something was first said (XEP-0203). */
export function delayOf(roomJid: string, at: number): XmlElement {
  return xml(ns.delay, 'delay', { from: roomJid, stamp: timestamp(at) });
}
