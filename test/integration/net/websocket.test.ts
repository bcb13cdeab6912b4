import { once } from 'node:events';
import { Agent } from 'node:https';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { ConnectionError } from '../../../src/base/errors.ts';
import { openWebSocket, type TextSocket, type WebSocketOptions } from '../../../src/net/websocket.ts';
import { freePort } from '../../support/ports.ts';
import { portOf, serve, serveTls, type WebServer } from '../../support/web-servers.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

interface Deployment {
  url: string;
  /** Resolves with the server's end of the next connection. */
  connected: Promise<WebSocket>;
}

/** A server that accepts the subprotocol `xmpp`, and nothing else. */
async function deployment(start: () => Promise<WebServer>): Promise<Deployment> {
  const web = await start();
  const sockets = new WebSocketServer({
    server: web.server,
    handleProtocols: (offered) => (offered.has('xmpp') ? 'xmpp' : false),
  });
  closing.push(() => web.close());
  const connected = once(sockets, 'connection').then(([socket]) => socket as WebSocket);
  return { url: `${web.origin.replace('http', 'ws')}/xmpp-websocket?token=secret`, connected };
}

const plain = (): Promise<Deployment> => deployment(() => serve((_, response) => response.end()));
const secure = (): Promise<Deployment> => deployment(() => serveTls((_, response) => response.end()));

/** A client socket and everything it told its owner. */
class Client {
  readonly told: string[] = [];
  readonly socket: TextSocket;
  error: ConnectionError | undefined;
  readonly #waiting: { count: number; resolve: () => void }[] = [];

  constructor(url: string, options: Partial<WebSocketOptions> = {}) {
    this.socket = openWebSocket(
      { url, protocol: 'xmpp', insecure: false, timeout: 10_000, sizeLimit: 1_000, ...options },
      {
        opened: () => this.#tell('opened'),
        message: (text) => this.#tell(`message ${text}`),
        closed: (reason) => this.#tell(`closed ${reason}`),
        failed: (error) => {
          this.error = error;
          this.#tell(`failed ${error.code}`);
        },
      },
    );
    closing.push(() => Promise.resolve(this.socket.close()));
  }

  /** Resolves once this many things were told. */
  after(count: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.told.length >= count) resolve();
      else this.#waiting.push({ count, resolve });
    });
  }

  #tell(what: string): void {
    this.told.push(what);
    for (const { count, resolve } of this.#waiting) if (this.told.length >= count) resolve();
  }
}

describe('an open socket', () => {
  it('carries text both ways, and leaves binary alone', async () => {
    const { url, connected } = await plain();
    const client = new Client(url);
    const server = await connected;
    await client.after(1);
    client.socket.send('<open/> é😀');
    const [data] = (await once(server, 'message')) as [Buffer];
    expect(data.toString('utf8')).toBe('<open/> é😀');
    server.send(Buffer.from('binary'));
    server.send('one');
    server.send('two');
    await client.after(3);
    expect(client.told).toEqual(['opened', 'message one', 'message two']);
    expect(server.protocol).toBe('xmpp');
  });

  it.each([
    [
      'with a code',
      (server: WebSocket) => server.close(1001),
      'closed the server closed the socket with code 1001',
    ],
    [
      'with words',
      (server: WebSocket) => server.close(1000, 'Stream closed'),
      'closed the server closed the socket with code 1000 (Stream closed)',
    ],
    [
      'without a word',
      (server: WebSocket) => server.close(),
      'closed the server closed the socket with code 1005',
    ],
    ['by breaking', (server: WebSocket) => server.terminate(), 'closed the socket broke'],
    [
      'because of a message above the limit',
      (server: WebSocket) => server.send('x'.repeat(1_001)),
      'closed the socket broke (Max payload size exceeded)',
    ],
  ])('ends %s, once', async (_, end, words) => {
    const { url, connected } = await plain();
    const client = new Client(url);
    const server = await connected;
    const serverClosed = once(server, 'close');
    await client.after(1);
    end(server);
    await client.after(2);
    await serverClosed;
    expect(client.told).toEqual(['opened', words]);
    client.socket.send('too late');
  });

  it('is closed by us in order, and says nothing more', async () => {
    const { url, connected } = await plain();
    const client = new Client(url);
    const server = await connected;
    await client.after(1);
    const closed = once(server, 'close');
    client.socket.close();
    client.socket.close();
    server.send('crossing');
    expect((await closed)[0]).toBe(1000);
    expect(client.told).toEqual(['opened']);
  });
});

describe('a socket that does not open', () => {
  it('because the server answers with a status', async () => {
    for (const [status, retryable] of [
      [403, false],
      [302, false],
      [503, true],
    ] as const) {
      const web = await serve((_, response) => response.end());
      closing.push(() => web.close());
      web.server.on('upgrade', (_, socket) => {
        socket.end(`HTTP/1.1 ${status} No\r\nlocation: http://127.0.0.1/\r\ncontent-length: 0\r\n\r\n`);
      });
      const client = new Client(`${web.origin.replace('http', 'ws')}/xmpp-websocket?token=secret`);
      await client.after(1);
      expect(client.told).toEqual(['failed websocket-refused']);
      expect(client.error).toMatchObject({ retryable, kind: 'connection' });
      expect(client.error?.message).toMatch(
        new RegExp(
          `^connecting to ws://127.0.0.1:\\d+/xmpp-websocket: the server answered with HTTP status ${status} `,
        ),
      );
    }
  });

  it('because the certificate is not valid, unless that was allowed', async () => {
    const { url, connected } = await secure();
    const client = new Client(url);
    await client.after(1);
    expect(client.told).toEqual(['failed certificate-invalid']);
    expect(client.error?.message).not.toContain('secret');
    const insecure = new Client(url, { insecure: true });
    await connected;
    await insecure.after(1);
    expect(insecure.told).toEqual(['opened']);
  });

  it('because nothing listens there', async () => {
    const client = new Client(`ws://127.0.0.1:${await freePort()}/`);
    await client.after(1);
    expect(client.told).toEqual(['failed connection-refused']);
    expect(client.error).toBeInstanceOf(ConnectionError);
  });

  it('because there is no such host', async () => {
    const client = new Client('ws://nonexistent.invalid/');
    await client.after(1);
    expect(client.told).toEqual(['failed host-not-found']);
  });

  it('because the server does not know the subprotocol', async () => {
    const { url } = await plain();
    const client = new Client(url, { protocol: 'other' });
    await client.after(1);
    expect(client.told).toEqual(['failed connection-failed']);
    expect(client.error?.message).toMatch(/subprotocol/);
  });

  it('because the server drips its answer', async () => {
    const dripping = createServer((socket) => {
      const drip = setInterval(() => socket.write('H'), 5);
      socket.on('error', () => {}).once('close', () => clearInterval(drip));
      socket.resume();
    }).listen(0, '127.0.0.1');
    await once(dripping, 'listening');
    closing.push(() => new Promise((resolve) => dripping.close(resolve)));
    const client = new Client(`ws://127.0.0.1:${portOf(dripping)}/`, { timeout: 300 });
    await client.after(1);
    expect(client.error?.retryable).toBe(true);
  });

  it('because its agent is one for the other protocol', async () => {
    const client = new Client('ws://127.0.0.1:9/xmpp-websocket?token=secret', { agent: new Agent() });
    expect(client.told).toEqual([]);
    await client.after(1);
    expect(client.told).toEqual(['failed connection-failed']);
    expect(client.error?.message).toContain('Protocol "http:" not supported');
  });

  it('because the server says nothing in time', async () => {
    const silent = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const client = new Client(`ws://127.0.0.1:${portOf(silent)}/`, { timeout: 50 });
    await client.after(1);
    expect(client.error?.message).toMatch(/no WebSocket within 0\.05 s/);
    silent.close();
    await once(silent, 'close');
  });

  it('because we dropped it, before it opened or after, with no word to the server', async () => {
    const { url, connected } = await plain();
    const early = new Client(url);
    early.socket.drop();
    const client = new Client(url);
    const server = await connected;
    const ended = once(server, 'close');
    await client.after(1);
    client.socket.drop();
    server.send('nobody hears this');
    expect((await ended)[0]).toBe(1006);
    expect(early.told).toEqual([]);
    expect(client.told).toEqual(['opened']);
  });

  it('because we changed our mind', async () => {
    const { url, connected } = await plain();
    const client = new Client(url);
    client.socket.close();
    client.socket.send('nobody gets this');
    const other = new Client(url);
    await connected;
    await other.after(1);
    expect(client.told).toEqual([]);
  });
});
