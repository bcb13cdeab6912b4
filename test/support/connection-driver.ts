/** A conference's connection over real sockets, which resumes when it is told to: what a conference machine and its runner do, and nothing more. */
import { systemClock } from '../../src/base/clock.ts';
import { JitsiError } from '../../src/base/errors.ts';
import { systemRandom } from '../../src/base/random.ts';
import { Connection } from '../../src/conference/connection/connection.ts';
import type { Discovery } from '../../src/conference/discovery.ts';
import type { ConferenceOptions } from '../../src/conference/options.ts';
import { openWebSocket, type TextSocket } from '../../src/net/websocket.ts';
import { child, text, type XmlElement } from '../../src/xml/element.ts';
import { serialize } from '../../src/xml/serialize.ts';
import { subprotocol } from '../../src/xmpp/framing.ts';
import type { Undelivered } from '../../src/xmpp/stream-management.ts';
import { waitFor } from './wait.ts';

export class ConnectionDriver {
  readonly connection: Connection;
  /** What the sink was told, in words. */
  readonly told: string[] = [];
  readonly stanzas: XmlElement[] = [];
  readonly acknowledged: string[] = [];
  readonly frames: string[] = [];
  undelivered: Undelivered | undefined;
  #socket: TextSocket | undefined;
  #cancelTimer: () => void = () => {};

  constructor(options: ConferenceOptions, discovery: Discovery) {
    this.connection = new Connection(options, systemRandom, {
      openSocket: (url) => this.#open(url),
      closeSocket: () => this.#socket?.close(),
      dropSocket: () => this.#socket?.drop(),
      frame: (element) => {
        this.frames.push(`> ${serialize(element)}`);
        this.#socket?.send(serialize(element));
      },
      http: () => {},
      connecting: () => {},
      loggingIn: () => {},
      flight: () => {},
      established: (jid) => this.told.push(`established ${jid}`),
      interrupted: () => this.told.push('interrupted'),
      resumed: () => this.told.push('resumed'),
      notResumed: (undelivered) => {
        this.undelivered = undelivered;
        this.told.push('not resumed');
      },
      acknowledged: (ids) => this.acknowledged.push(...ids),
      stanza: (stanza) => this.stanzas.push(stanza),
      answer: (id, outcome) => this.told.push(`answer ${id} ${outcome.ok}`),
      warning: (error) => this.told.push(`warning ${error.code}`),
      failed: (error) => this.told.push(`failed ${error.message}`),
      ended: (error) => this.told.push(`ended ${error?.message}`),
    });
    this.do((connection, now) => {
      connection.discovered(discovery, now);
      connection.connect('test', now);
    });
  }

  /** Bodies of the messages that came. */
  get heard(): string[] {
    return this.stanzas.flatMap((stanza) => {
      const body = child(stanza, 'body', 'jabber:client');
      return body ? [text(body)] : [];
    });
  }

  /** One input, and the timer after it. */
  do(input: (connection: Connection, now: number) => void): void {
    input(this.connection, systemClock.now());
    this.#cancelTimer();
    const next = this.connection.nextTimeout();
    if (next === undefined) return;
    const delay = Math.max(0, next - systemClock.now());
    this.#cancelTimer = systemClock.schedule(delay, () => this.do((connection, now) => connection.tick(now)));
  }

  resume(): void {
    this.do((connection) => connection.resume());
  }

  /** Until the sink was told this, after `from` other things; what it was told in full. */
  until(word: string, from: number = 0): Promise<string> {
    return waitFor(() => this.told.slice(from).find((told) => told.startsWith(word)), {
      what: word,
      explain: () => `told: ${this.told.join(', ')}\n${this.frames.slice(-30).join('\n')}`,
    });
  }

  stop(): void {
    this.#cancelTimer();
    this.#socket?.drop();
  }

  #open(url: string): void {
    const options = { url, protocol: subprotocol, insecure: false, timeout: 15_000, sizeLimit: 1024 * 1024 };
    this.#socket = openWebSocket(options, {
      opened: () => this.do((connection, now) => connection.socketOpened(now)),
      message: (frame) => {
        this.frames.push(`< ${frame}`);
        this.do((connection, now) => connection.socketFrame(frame, now));
      },
      closed: (reason) => this.do((connection, now) => connection.socketClosed(reason, now)),
      failed: (error) => {
        if (!(error instanceof JitsiError)) throw error;
        this.do((connection, now) => connection.socketFailed(error, now));
      },
    });
  }
}
