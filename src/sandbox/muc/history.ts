/** What was said in a room, for those who come later (XEP-0045, 7.2.14). Only the default request is implemented: all of it. */
import { child, type XmlElement, withAttrs, xml } from '../../xml/element.ts';
import { ns } from '../../xmpp/namespaces.ts';
import { timestamp } from '../xmpp/timestamp.ts';

/** Prosody's default. */
const length = 20;

const hints = 'urn:xmpp:hints';

export class History {
  readonly #roomJid: string;
  readonly #messages: XmlElement[] = [];

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
    this.#messages.push({ ...message, children: [...message.children, delayOf(this.#roomJid, now)] });
    if (this.#messages.length > length) this.#messages.shift();
  }

  messagesTo(realJid: string): readonly XmlElement[] {
    return this.#messages.map((message) => withAttrs(message, { to: realJid }));
  }
}

/** When something was first said (XEP-0203). */
export function delayOf(roomJid: string, at: number): XmlElement {
  return xml(ns.delay, 'delay', { from: roomJid, stamp: timestamp(at) });
}
