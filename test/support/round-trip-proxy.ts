/**
 * A TCP proxy that counts round trips by cause instead of by time: it holds what both sides send until neither has anything
 * more to say, then delivers it to the server, waits for what that makes the server say, and delivers that to the client.
 * Each such exchange is one round trip; a new connection takes one of its own before its first bytes go through, as on a
 * real way. The slower of two connections counts, as they share the exchanges.
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';

interface Link {
  isConnected: boolean;
  readonly toServer: (() => void)[];
  readonly toClient: (() => void)[];
  readonly sockets: readonly Socket[];
}

export class RoundTripProxy {
  readonly #server: Server;
  readonly #links = new Set<Link>();
  #arrivals = 0;
  #trips = 0;
  #isClosed = false;
  readonly #loop: Promise<void>;

  private constructor(server: Server, target: number) {
    this.#server = server;
    server.on('connection', (client) => this.#connected(client, connect(target, '127.0.0.1')));
    this.#loop = this.#run();
  }

  static async start(): Promise<{ port: number; forwardTo(target: number): RoundTripProxy }> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return { port, forwardTo: (target) => new RoundTripProxy(server, target) };
  }

  /** Round trips since the start or the last {@link reset}. */
  get trips(): number {
    return this.#trips;
  }

  /** Counts anew, once all is delivered. */
  async reset(): Promise<void> {
    do await this.#quiet();
    while ([...this.#links].some(hasSomething));
    this.#trips = 0;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#server.close();
    for (const { sockets } of this.#links) for (const socket of sockets) socket.destroy();
    await this.#loop;
  }

  #connected(client: Socket, upstream: Socket): void {
    const link: Link = { isConnected: false, toServer: [], toClient: [], sockets: [client, upstream] };
    this.#links.add(link);
    const hold = (from: Socket, to: Socket, held: (() => void)[]): void => {
      const add = (deliver: () => void): void => {
        this.#arrivals += 1;
        held.push(deliver);
      };
      from.setNoDelay(true);
      from.on('data', (chunk: Buffer) => add(() => to.write(chunk)));
      from.on('end', () => add(() => to.end()));
      from.on('error', () => to.destroy());
      from.on('close', () => {
        if (client.destroyed && upstream.destroyed) this.#links.delete(link);
      });
    };
    hold(client, upstream, link.toServer);
    hold(upstream, client, link.toClient);
    this.#arrivals += 1;
  }

  async #run(): Promise<void> {
    while (!this.#isClosed) {
      await this.#quiet();
      const links = [...this.#links];
      // What the server says of itself, or late, is no new round trip.
      const isTrip = links.some(({ isConnected, toServer }) => !isConnected || toServer.length > 0);
      if (isTrip) {
        this.#trips += 1;
        for (const link of links) {
          if (link.isConnected) deliver(link.toServer);
          link.isConnected = true;
        }
        await this.#quiet();
      }
      for (const { toClient } of links) deliver(toClient);
    }
  }

  /** Both sides run in this process: after some idle turns of its loop and some time for its threads, they are waiting. */
  async #quiet(): Promise<void> {
    let seen: number;
    do {
      seen = this.#arrivals;
      await pause(45);
      for (let turns = 0; turns < 20; turns++) await turn();
    } while (seen !== this.#arrivals && !this.#isClosed);
  }
}

function hasSomething({ isConnected, toServer, toClient }: Link): boolean {
  return !isConnected || toServer.length > 0 || toClient.length > 0;
}

function deliver(held: (() => void)[]): void {
  for (const give of held.splice(0)) give();
}
