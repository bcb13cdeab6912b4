/** A WebSocket that knows nothing of XMPP: text in, text out. */
import { once } from 'node:events';
import { type ClientOptions, WebSocket } from 'ws';
import { waitFor } from '../../support/wait.ts';

export class RawSocket {
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly received: string[] = [];
  readonly #socket: WebSocket;
  #next = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => this.received.push(data.toString('utf8')));
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => resolve({ code, reason: String(reason) }));
    });
  }

  /** @param path with query */
  static async open(origin: string, path: string, options: ClientOptions = {}): Promise<RawSocket> {
    const socket = new WebSocket(`${origin.replace(/^http/, 'ws')}${path}`, 'xmpp', options);
    const raw = new RawSocket(socket);
    await once(socket, 'open');
    return raw;
  }

  get subprotocol(): string {
    return this.#socket.protocol;
  }

  send(...frames: readonly (string | Buffer)[]): void {
    for (const frame of frames) this.#socket.send(frame);
  }

  /** The next frame that contains `part`; it and those before it are taken. */
  async next(part: string): Promise<string> {
    return waitFor(
      () => {
        for (let index = this.#next; index < this.received.length; index += 1) {
          const frame = this.received[index];
          if (frame?.includes(part)) {
            this.#next = index + 1;
            return frame;
          }
        }
        return undefined;
      },
      { what: `frame with ${part}`, explain: () => this.received.slice(this.#next).join('\n') },
    );
  }

  close(): void {
    this.#socket.close();
  }
}
