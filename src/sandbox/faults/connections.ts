/** The XMPP connections of a deployment, with what the network does to each. */
import type { Duplex } from 'node:stream';
import type { Clock, Milliseconds } from '../../base/clock.ts';
import type { Deployment } from '../deployment.ts';
import { Timer } from '../focus/timer.ts';
import type { Network } from '../network/network.ts';
import type { Wire } from '../network/wire.ts';
import type { SessionQuery } from '../xmpp/session-query.ts';
import type { FrameSocket, SocketEvents } from '../xmpp/sessions.ts';
import { endpointIdOf } from './targets.ts';

interface Connection {
  readonly wire: Wire;
  readonly timer: Timer;
  /** ms for which the server does not notice that it is gone. */
  unnoticed: Milliseconds;
}

export class Connections {
  readonly #clock: Clock;
  readonly #network: Network;
  readonly #connections = new Map<FrameSocket, Connection>();
  #isClosed = false;

  constructor(clock: Clock, network: Network) {
    this.#clock = clock;
    this.#network = network;
  }

  /** A client has connected. */
  accept(deployment: Deployment, socket: FrameSocket, query: SessionQuery, stream: Duplex): SocketEvents {
    const { sessions } = deployment.xmpp;
    const events = sessions.accept(socket, query);
    const connection: Connection = {
      wire: this.#network.xmppWire(stream, () => endpointIdOf(deployment, sessions.addressAt(socket))),
      timer: new Timer(this.#clock),
      unnoticed: 0,
    };
    this.#connections.set(socket, connection);
    return {
      frame: (text) => events.frame(text),
      closed: () => {
        const forget = (): void => {
          this.#connections.delete(socket);
          events.closed();
        };
        if (connection.unnoticed > 0 && !this.#isClosed) connection.timer.start(connection.unnoticed, forget);
        else forget();
      },
    };
  }

  /** What the server sends is lost, and later the connection. */
  loseAnswers(socket: FrameSocket, after: Milliseconds): void {
    const connection = this.#connections.get(socket);
    connection?.wire.loseAnswers();
    connection?.timer.start(after, () => connection.wire.break());
  }

  /** Breaks without the server's noticing. */
  breakUnnoticed(socket: FrameSocket, unnoticed: Milliseconds): void {
    const connection = this.#connections.get(socket);
    if (!connection) return;
    connection.unnoticed = unnoticed;
    connection.wire.break();
  }

  /** From now on everything is noticed at once. */
  close(): void {
    this.#isClosed = true;
    for (const { timer } of this.#connections.values()) timer.stop();
  }
}
