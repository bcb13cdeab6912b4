/** The room's chat: sending, and reading as a stream. */
import { UsageError } from '../base/errors.ts';
import type { ChatMessage } from '../conference/events.ts';
import { buildGroupMessage, buildPrivateMessage, buildSubject } from '../jitsi/chat-message.ts';
import { isBlank } from '../jitsi/blank-text.ts';
import type { XmlElement } from '../xml/element.ts';
import {
  abortSignal,
  checkArgument,
  checkOptions,
  flag,
  type Kinds,
  text as textKind,
} from './check-arguments.ts';
import { type EventSource, streamOf } from './event-source.ts';

export interface ChatPorts extends EventSource {
  roomJid(): string;
  nextId(): string;
  send(stanza: XmlElement): void;
  /** Resolves when it is confirmed. */
  say(stanza: XmlElement, signal: AbortSignal | undefined): Promise<void>;
  /** Somebody with this endpoint id, or we ourselves, is in the room. */
  isHere(endpointId: string): boolean;
}

const tried = 'sending a chat message';

const sendKinds: Kinds<NonNullable<Parameters<Chat['send']>[1]>> = {
  // Looked at more closely where the room is known.
  to: { words: 'an endpoint id', fits: () => true },
  signal: abortSignal,
};
const readKinds: Kinds<NonNullable<Parameters<Chat['messages']>[0]>> = {
  own: flag,
  history: flag,
  signal: abortSignal,
};

export class Chat {
  readonly #ports: ChatPorts;

  /** Made by the conference, not by users. */
  constructor(ports: ChatPorts) {
    this.#ports = ports;
  }

  /**
   * Sends a message to everybody, or with `to` to one participant alone.
   * Resolves when the room has reflected it to everybody, for a private message when the server has acknowledged it. While the connection is
   * lost it is kept, unless the options of the join say otherwise, and sent after; what was on its way then and is not found in the
   * room afterwards is not sent again.
   * @param options.to endpoint id; undefined is nobody's, and never means everybody
   * @param options.signal gives up waiting; what was sent stays sent
   * @throws UsageError `message-empty`, `message-too-long`, `participant-unknown`, `option-unknown`, `option-invalid`; StanzaError when the server refuses it; TimeoutError
   *   `message-not-confirmed`; ConnectionError `not-joined`, `not-connected`, `participant-gone`, `conference-ended`; or the signal's reason
   */
  async send(text: string, options: { to?: string; signal?: AbortSignal } = {}): Promise<void> {
    if (typeof text !== 'string' || isBlank(text))
      throw new UsageError(
        `${tried}: ${typeof text === 'string' ? 'there is nothing to be seen in the text' : 'it is no text'}`,
        {
          code: 'message-empty',
        },
      );
    // A name that is not ours, such as one for the receiver, would make a private message everybody's.
    checkOptions(tried, sendKinds, options);
    options.signal?.throwIfAborted();
    const { nextId, roomJid, say } = this.#ports;
    if ('to' in options && !this.#ports.isOver()) this.#checkHere(options.to);
    const stanza =
      'to' in options
        ? buildPrivateMessage(`${roomJid()}/${options.to}`, nextId(), text)
        : buildGroupMessage(roomJid(), nextId(), text);
    await say(stanza, options.signal);
  }

  /** Sets the room's subject; only moderators may. @throws UsageError `argument-invalid`; ConnectionError `not-joined` */
  setSubject(subject: string): void {
    checkArgument('setting the subject', 'the subject', textKind, subject);
    this.#ports.send(buildSubject(this.#ports.roomJid(), subject));
  }

  /**
   * The messages from now on, until the loop is left or the conference ends. Who reads too slowly loses the oldest of
   * more than 1000 unread ones.
   * @param options.own our own messages too, default false
   * @param options.history what was said before we came too, as far as the room still sends it; default false
   * @param options.signal ends the loop
   */
  messages(
    options: { own?: boolean; history?: boolean; signal?: AbortSignal } = {},
  ): AsyncIterableIterator<ChatMessage> {
    checkOptions('reading chat messages', readKinds, options);
    const { own = false, history = false, signal } = options;
    return streamOf(
      this.#ports,
      'messageReceived',
      ({ message }) => ((message.isOwn && !own) || (message.isHistory && !history) ? undefined : message),
      signal,
    );
  }

  /** @throws UsageError `participant-unknown` */
  #checkHere(to: unknown): asserts to is string {
    if (typeof to === 'string' && to !== '' && this.#ports.isHere(to)) return;
    // What was meant for one must not go to all.
    const whom = typeof to === 'string' ? `${JSON.stringify(to)} is nobody's` : `${String(to)} is no`;
    throw new UsageError(
      `${tried}: ${whom} endpoint id in this room; conference.participants has those who are here`,
      { code: 'participant-unknown' },
    );
  }
}
