/** A focus' connection to an XMPP server that is not ours: it logs in over WebSocket with its own account. */
import { type Clock, systemClock } from '../../base/clock.ts';
import { ConnectionError, type JitsiError } from '../../base/errors.ts';
import { type Logger, silentLogger } from '../../base/logger.ts';
import { type RandomBytes, randomToken, systemRandom } from '../../base/random.ts';
import { openWebSocket, type TextSocket } from '../../net/websocket.ts';
import { subprotocol } from '../../xmpp/framing.ts';
import { defaultPing } from '../../xmpp/liveness.ts';
import { type StreamEffect, XmppStream } from '../../xmpp/stream.ts';
import type { XmlElement } from '../../xml/element.ts';
import { serialize } from '../../xml/serialize.ts';
import type { StanzaLink } from '../xmpp/link.ts';
import { Timer } from './timer.ts';

export interface LinkOptions {
  /** `wss://HOST/xmpp-websocket` */
  url: string;
  /** Where the account is: `auth.DOMAIN`. */
  domain: string;
  username: string;
  password: string;
  /** Of its address, which stays the same with it over new logins. Default: one that the server makes. */
  resource?: string;
  /** Do not check the server's certificate. Default false. */
  insecure?: boolean;
  /** ms until the link must stand. Default 15 000. */
  timeout?: number;
  clock?: Clock;
  random?: RandomBytes;
  logger?: Logger;
}

/** ms that the server may take to close the stream in order. */
const closeTimeout = 5_000;
/** Bytes of one message. */
const sizeLimit = 16 * 1024 * 1024;

/**
 * Resolves with the link once it stands; it does not come back after it was lost.
 * @throws ConnectionError, TimeoutError, ProtocolError; RefusedError `authentication-failed` for a wrong password
 */
export function connectLink(options: LinkOptions): Promise<StanzaLink> {
  return new Promise((resolve, reject) => new XmppLink(options, resolve, reject));
}

class XmppLink {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #stream: XmppStream;
  readonly #socket: TextSocket;
  readonly #stepTimer: Timer;
  readonly #closeTimer: Timer;
  readonly #ended: Promise<void>;
  readonly #established: (link: StanzaLink) => void;
  readonly #failed: (error: JitsiError) => void;
  #end: () => void = () => {};
  #onStanza: (stanza: XmlElement) => void = () => {};
  #onClosed: (reason: string) => void = () => {};

  constructor(
    options: LinkOptions,
    established: (link: StanzaLink) => void,
    failed: (error: JitsiError) => void,
  ) {
    const { domain, insecure = false, password, timeout = 15_000, url, username } = options;
    this.#clock = options.clock ?? systemClock;
    this.#logger = options.logger ?? silentLogger;
    this.#established = established;
    this.#failed = failed;
    this.#stepTimer = new Timer(this.#clock);
    this.#closeTimer = new Timer(this.#clock);
    this.#ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.#stream = new XmppStream({
      domain,
      ...(options.resource === undefined ? {} : { resource: options.resource }),
      credentials: { mechanism: 'PLAIN', username, password },
      // A lost connection ends the focus' conferences, there is nothing to resume.
      streamManagement: false,
      ping: defaultPing,
      pingTo: domain,
      setupTimeout: timeout,
      idPrefix: randomToken(options.random ?? systemRandom, 12),
    });
    const socketOptions = { url, protocol: subprotocol, insecure, timeout, sizeLimit };
    this.#socket = openWebSocket(socketOptions, {
      opened: () => this.#run(this.#stream.open(this.#clock.now())),
      message: (frame) => this.#run(this.#stream.receive(frame, this.#clock.now())),
      closed: (reason) => this.#run(this.#stream.socketClosed(reason, this.#clock.now())),
      failed: (error) => failed(error),
    });
  }

  #run(effects: readonly StreamEffect[]): void {
    for (const effect of effects) this.#carryOut(effect);
    const due = this.#stream.nextTimeout();
    if (due === undefined) return this.#stepTimer.stop();
    const now = this.#clock.now();
    this.#stepTimer.start(due - now, () => this.#run(this.#stream.tick(this.#clock.now())));
  }

  #carryOut(effect: StreamEffect): void {
    switch (effect.type) {
      case 'send':
        return this.#socket.send(serialize(effect.element));
      case 'established':
        return this.#established(this.#link(effect.jid));
      case 'stanza':
        return this.#onStanza(effect.stanza);
      case 'flight':
        // Accounts log in step by step.
        return;
      case 'interrupted':
      case 'resumed':
      case 'not-resumed':
      case 'acknowledged':
        // Only with stream management.
        return;
      case 'answer':
        // The stream asks nothing on our behalf: the focus matches its own answers.
        return;
      case 'warning':
        return this.#logger.log('warn', effect.error.message);
      case 'ended':
        return this.#over(effect.error);
      default:
        effect satisfies never;
    }
  }

  #link(jid: string): StanzaLink {
    return {
      jid,
      send: (stanza) => this.#run(this.#stream.send(stanza)),
      onStanza: (listener) => {
        this.#onStanza = listener;
      },
      onClosed: (listener) => {
        this.#onClosed = listener;
      },
      close: () => {
        if (this.#stream.state.name !== 'ended') {
          this.#closeTimer.start(closeTimeout, () =>
            this.#run(this.#stream.socketClosed('the server did not close', this.#clock.now())),
          );
          this.#run(this.#stream.close());
        }
        return this.#ended;
      },
    };
  }

  #over(error: JitsiError | undefined): void {
    this.#closeTimer.stop();
    this.#socket.close();
    // Rejects only while nobody has the link yet.
    this.#failed(error ?? new ConnectionError('the connection was closed', { code: 'connection-closed' }));
    this.#onClosed(error?.message ?? 'closed');
    this.#end();
  }
}
