/** The door to the wire: stanzas as they are, for what has no name of its own here. */
import { UsageError } from '../base/errors.ts';
import { jingleElement } from '../conference/sessions/jingle-sessions.ts';
import type { JingleMessage } from '../jingle/model.ts';
import { findJingle } from '../jingle/jingle.ts';
import type { XmlElement } from '../xml/element.ts';
import { parseXml } from '../xml/parse.ts';
import { serialize } from '../xml/serialize.ts';
import { isStanza, iqSet } from '../xmpp/stanza.ts';
import { checkArgument, checkOptions, isObject, isText, signalKinds, waitKinds } from './check-arguments.ts';
import { type EventSource, streamOf } from './event-source.ts';

export interface LowLevelPorts extends EventSource {
  nextId(): string;
  send(stanza: XmlElement): void;
  request(iq: XmlElement, options: RequestOptions): Promise<XmlElement>;
  focusJid(): string;
}

export interface RequestOptions {
  /** What is asked for, in words. */
  tried: string;
  /** ms */
  timeout: number;
  signal?: AbortSignal | undefined;
}

/** ms, as the reference client waits for answers about sessions. */
const defaultTimeout = 10_000;

interface WaitOptions {
  /** ms, default 10 000 */
  timeout?: number;
  signal?: AbortSignal;
}

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
   * @throws UsageError `not-a-stanza`, `argument-invalid`, ParseError if a text is not well-formed, ConnectionError `not-joined`
   */
  send(stanza: XmlElement | string): void {
    this.#ports.send(toStanza(stanza));
  }

  /**
   * Sends an IQ of type get or set and resolves with its result.
   * @param options.timeout ms, default 10 000
   * @throws UsageError `not-a-stanza`, `not-a-request`, `iq-id`; StanzaError when it is refused; TimeoutError `no-answer`;
   *   ConnectionError `not-joined`, `conference-ended`; or the signal's reason
   */
  async request(iq: XmlElement | string, options: WaitOptions = {}): Promise<XmlElement> {
    const stanza = toStanza(iq);
    checkRequest(stanza);
    checkOptions('a request', waitKinds, options);
    const { signal, timeout = defaultTimeout } = options;
    return this.#ports.request(stanza, {
      tried: `request to ${stanza.attrs.to ?? 'the server'}`,
      timeout,
      signal,
    });
  }

  /** Sends a Jingle message to the focus and resolves when it has acknowledged it. Otherwise as {@link request}. */
  async sendJingle(message: JingleMessage, options: WaitOptions = {}): Promise<void> {
    checkArgument(
      'sending Jingle',
      'the message',
      { words: 'an object with an action and a sid', fits: isJingle },
      message,
    );
    checkOptions('sending Jingle', waitKinds, options);
    const iq = iqSet(this.#ports.focusJid(), this.nextId(), jingleElement(message));
    const { signal, timeout = defaultTimeout } = options;
    await this.#ports.request(iq, { tried: `Jingle ${message.action}`, timeout, signal });
  }

  /** The last Jingle stanza that was received, as text. */
  get lastJingleStanza(): string | undefined {
    return this.#lastJingle && serialize(this.#lastJingle);
  }

  /**
   * Every stanza from now on, until the loop is left or the conference ends; the oldest of more than 1000 unread ones are lost.
   * @param options.signal ends the loop
   */
  stanzas(options: { signal?: AbortSignal } = {}): AsyncIterableIterator<XmlElement> {
    checkOptions('reading stanzas', signalKinds, options);
    return streamOf(this.#ports, 'stanzaReceived', ({ stanza }) => stanza, options.signal);
  }
}

/** An answer comes to nothing else. */
function checkRequest({ attrs, name }: XmlElement): void {
  if (name === 'iq' && (attrs.type === 'get' || attrs.type === 'set')) return;
  throw new UsageError(
    `request with <${name} type="${attrs.type ?? ''}">: only an iq of type get or set is answered; use send()`,
    { code: 'not-a-request' },
  );
}

function isJingle(value: unknown): boolean {
  return isObject(value) && isText(value['action']) && isText(value['sid']);
}

/** All of it, since a part that is none would fail halfway, when it is written. */
function isXml(value: unknown): value is XmlElement {
  if (!isObject(value)) return false;
  const { attrs, children, name, ns } = value;
  if (!isText(name) || !isText(ns) || !isObject(attrs) || !Array.isArray(children)) return false;
  return Object.values(attrs).every(isText) && children.every((each) => isText(each) || isXml(each));
}

function toStanza(input: XmlElement | string): XmlElement {
  const element = typeof input === 'string' ? parseXml(input) : input;
  checkArgument('sending a stanza', 'it', { words: 'an element, or its text', fits: isXml }, element);
  if (!isStanza(element)) {
    throw new UsageError(
      `sending <${element.name} xmlns="${element.ns}">: only iq, message and presence in the namespace jabber:client can be sent`,
      { code: 'not-a-stanza' },
    );
  }
  return element;
}
