/** An XMPP client that knows only text frames: for talking to servers with nothing of `src` in between. */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { waitFor } from './wait.ts';

export interface RawLogin {
  mechanism: 'ANONYMOUS' | 'PLAIN';
  /** Before base64. */
  initialResponse?: string;
  resource: string;
}

export class RawXmpp {
  readonly closed: Promise<unknown>;
  /** The full address, once logged in. */
  jid = '';
  readonly #socket: WebSocket;
  readonly #received: string[] = [];

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => this.#received.push(data.toString('utf8')));
    this.closed = once(socket, 'close');
  }

  static async connect(url: string): Promise<RawXmpp> {
    const socket = new WebSocket(url, 'xmpp', { perMessageDeflate: false });
    const client = new RawXmpp(socket);
    await once(socket, 'open');
    return client;
  }

  static async login(url: string, domain: string, login: RawLogin): Promise<RawXmpp> {
    const client = await RawXmpp.connect(url);
    const open = `<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='${domain}' version='1.0'/>`;
    const isFeatures = (frame: string): boolean => frame.startsWith('<stream:features');
    const response = Buffer.from(login.initialResponse ?? '').toString('base64');

    client.send(open);
    await client.next(isFeatures);
    client.send(
      `<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='${login.mechanism}'>${response}</auth>`,
    );
    await client.next((frame) => frame.startsWith('<success'));
    client.send(open);
    await client.next(isFeatures);
    client.send(
      `<iq xmlns='jabber:client' type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>` +
        `<resource>${login.resource}</resource></bind></iq>`,
    );
    const bound = await client.next((frame) => frame.includes(`id='bind'`));
    client.jid = /<jid>([^<]+)<\/jid>/.exec(bound)?.[1] ?? '';
    return client;
  }

  send(frame: string): void {
    this.#socket.send(frame);
  }

  /** The first frame that fits, among those received and not yet taken; it and those before it are taken. */
  next(fits: (frame: string) => boolean): Promise<string> {
    return waitFor(
      () => {
        const index = this.#received.findIndex(fits);
        return index < 0 ? undefined : this.#received.splice(0, index + 1).at(-1);
      },
      { what: 'such frame', explain: () => `received: ${this.#received.join('\n')}` },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    await this.closed;
  }
}
