/** The door to the wire: stanzas as they are, for what has no name of its own here. */
import { UsageError } from '../base/errors.ts';
import { jingleElement } from '../conference/jingle-sessions.ts';
import type { JingleMessage } from '../jingle/model.ts';
import { findJingle } from '../jingle/jingle.ts';
import type { XmlElement } from '../xml/element.ts';
import { parseXml } from '../xml/parse.ts';
import { serialize } from '../xml/serialize.ts';
import { isStanza, iqSet } from '../xmpp/stanza.ts';
import { type On, streamOf } from './event-source.ts';

export interface LowLevelPorts {
  nextId(): string;
  send(stanza: XmlElement): void;
  request(iq: XmlElement, tried: string, timeout: number): Promise<XmlElement>;
  on: On;
  focusJid(): string;
}

/** ms, as the reference client waits for answers about sessions. */
const defaultTimeout = 10_000;

export class LowLevel {
  readonly #ports: LowLevelPorts;
  #lastJingle: XmlElement | undefined;

  /** Made by the conference, not by users. */
  constructor(ports: LowLevelPorts) {
    this.#ports = ports;
    ports.on('stanzaReceived', ({ stanza }) => {
      if (stanza.name === 'iq' && findJingle(stanza)) this.#lastJingle = stanza;
    });
  }

  /** A fresh stanza id. */
  nextId(): string {
    return this.#ports.nextId();
  }

  /**
   * Sends a stanza as it is, without waiting for anything.
   * @throws UsageError `not-a-stanza`, ParseError if a text is not well-formed
   */
  send(stanza: XmlElement | string): void {
    this.#ports.send(toStanza(stanza));
  }

  /**
   * Sends an IQ of type get or set and resolves with its result.
   * @param options.timeout ms, default 10 000
   * @throws StanzaError when it is refused, TimeoutError `no-answer`
   */
  request(iq: XmlElement | string, options: { timeout?: number } = {}): Promise<XmlElement> {
    const stanza = toStanza(iq);
    return this.#ports.request(
      stanza,
      `request to ${stanza.attrs.to ?? 'the server'}`,
      options.timeout ?? defaultTimeout,
    );
  }

  /** Sends a Jingle message to the focus and resolves when it has acknowledged it. */
  async sendJingle(message: JingleMessage, options: { timeout?: number } = {}): Promise<void> {
    const iq = iqSet(this.#ports.focusJid(), this.nextId(), jingleElement(message));
    await this.#ports.request(iq, `Jingle ${message.action}`, options.timeout ?? defaultTimeout);
  }

  /** The last Jingle stanza that was received, as text. */
  get lastJingleStanza(): string | undefined {
    return this.#lastJingle && serialize(this.#lastJingle);
  }

  /** Every stanza from now on, until the loop is left or the conference ends; the oldest of more than 1000 unread ones are lost. */
  stanzas(): AsyncIterableIterator<XmlElement> {
    return streamOf(this.#ports.on, 'stanzaReceived', ({ stanza }) => stanza);
  }
}

function toStanza(input: XmlElement | string): XmlElement {
  const element = typeof input === 'string' ? parseXml(input) : input;
  if (!isStanza(element)) {
    throw new UsageError(
      `sending <${element.name} xmlns="${element.ns}">: only iq, message and presence in the namespace jabber:client can be sent`,
      { code: 'not-a-stanza' },
    );
  }
  return element;
}
