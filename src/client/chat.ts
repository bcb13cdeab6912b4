/** The room's chat: sending, and reading as a stream. */
import { ConnectionError, TimeoutError, UsageError } from '../base/errors.ts';
import type { ChatMessage } from '../conference/events.ts';
import { buildGroupMessage, buildPrivateMessage, buildSubject } from '../jitsi/chat-message.ts';
import { withResolvers } from '../base/resolvers.ts';
import type { XmlElement } from '../xml/element.ts';
import { type On, streamOf } from './event-source.ts';

export interface ChatPorts {
  roomJid(): string;
  nextId(): string;
  send(stanza: XmlElement): void;
  /** Calls back after `delay` ms, unless the returned function is called before. */
  schedule(delay: number, run: () => void): () => void;
  on: On;
}

/** ms for the room to reflect a message of ours. */
const echoTimeout = 10_000;

export class Chat {
  readonly #ports: ChatPorts;

  /** Made by the conference, not by users. */
  constructor(ports: ChatPorts) {
    this.#ports = ports;
  }

  /**
   * Sends a message to everybody, or with `to` to one participant alone.
   * Resolves when the room has reflected it to everybody, for a private message when it is on its way.
   * @param options.to endpoint id
   * @throws StanzaError when the server refuses it, TimeoutError `message-not-confirmed`, ConnectionError when the room is left first
   */
  async send(text: string, options: { to?: string } = {}): Promise<void> {
    if (text === '')
      throw new UsageError('sending a chat message: the text is empty', { code: 'message-empty' });
    const id = this.#ports.nextId();
    if (options.to !== undefined) {
      this.#ports.send(buildPrivateMessage(`${this.#ports.roomJid()}/${options.to}`, id, text));
      return;
    }
    const confirmed = this.#confirmation(id);
    this.#ports.send(buildGroupMessage(this.#ports.roomJid(), id, text));
    await confirmed;
  }

  /** Sets the room's subject; only moderators may. */
  setSubject(subject: string): void {
    this.#ports.send(buildSubject(this.#ports.roomJid(), subject));
  }

  /**
   * The messages from now on, until the loop is left or the conference ends. Who reads too slowly loses the oldest of
   * more than 1000 unread ones.
   * @param options.own our own messages too, default false
   * @param options.history what was said before we came too, as far as the room still sends it; default false
   */
  messages(options: { own?: boolean; history?: boolean } = {}): AsyncIterableIterator<ChatMessage> {
    const { own = false, history = false } = options;
    return streamOf(this.#ports.on, 'messageReceived', ({ message }) =>
      (message.isOwn && !own) || (message.isHistory && !history) ? undefined : message,
    );
  }

  /** Resolves when the room reflects our message: it has then been sent to everybody. */
  #confirmation(id: string): Promise<void> {
    const { on, schedule } = this.#ports;
    const { promise, resolve, reject } = withResolvers();
    const cleanUps = [
      on('messageReceived', ({ message }) => {
        if (message.isOwn && message.id === id) resolve();
      }),
      on('messageFailed', (failed) => {
        if (failed.id === id) reject(failed.error);
      }),
      on('ended', () => {
        reject(
          new ConnectionError('sending a chat message: the conference ended first', {
            code: 'conference-ended',
          }),
        );
      }),
      schedule(echoTimeout, () => {
        const seconds = echoTimeout / 1000;
        const words = `sending a chat message: the room did not reflect it within ${seconds} s; it may not have arrived`;
        reject(new TimeoutError(words, { code: 'message-not-confirmed' }));
      }),
    ];
    return promise.finally(() => {
      for (const cleanUp of cleanUps) cleanUp();
    });
  }
}
