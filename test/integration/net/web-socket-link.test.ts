import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ChannelLink, LinkEnd } from '../../../src/rtc/channel-link.ts';
import { highWaterMark } from '../../../src/rtc/high-water.ts';
import { webSocketRoute } from '../../../src/rtc/web-socket-link.ts';
import { waitFor } from '../../support/wait.ts';
import { closeServer } from '../../support/websocket-server.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** As a bridge's server: no compression, messages of at most 64 KiB. */
async function bridge(): Promise<{ url: string; connected: Promise<WebSocket> }> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', maxPayload: 65_536 });
  closing.push(() => closeServer(server));
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const connected = once(server, 'connection').then(([socket]) => socket as WebSocket);
  return { url: `ws://127.0.0.1:${port}/colibri-ws/default-id/c0ffee/abcd1234?pwd=secret`, connected };
}

class Client {
  readonly messages: string[] = [];
  readonly ends: LinkEnd[] = [];
  opened = 0;
  drained = 0;
  readonly link: ChannelLink;

  constructor(url: string) {
    this.link = webSocketRoute(url, { insecure: false }).open({
      opened: () => (this.opened += 1),
      message: (data) => {
        expect(data).toBeInstanceOf(Buffer);
        this.messages.push(data.toString());
      },
      drained: () => (this.drained += 1),
      closed: (end) => this.ends.push(end),
    });
    closing.push(() => Promise.resolve(this.link.close()));
  }

  async isOpen(): Promise<this> {
    await waitFor(() => this.opened === 1, { what: 'open link' });
    return this;
  }
}

describe('a WebSocket as a link', () => {
  it('carries strings and bytes as text frames, as they are', async () => {
    const { url, connected } = await bridge();
    const client = await new Client(url).isOpen();
    const server = await connected;
    const received: [string, boolean][] = [];
    server.on('message', (data: Buffer, isBinary) => received.push([data.toString(), isBinary]));
    const bytes = Buffer.from('{"é":1}');
    client.link.send('{"ü":0}');
    client.link.send(bytes);
    client.link.send(new Uint8Array(bytes));
    await waitFor(() => received.length === 3, { what: 'messages' });
    expect(received).toEqual([
      ['{"ü":0}', false],
      ['{"é":1}', false],
      ['{"é":1}', false],
    ]);
    // Masking must not touch the sender's bytes.
    expect(bytes.toString()).toBe('{"é":1}');
    expect(server.extensions).toBe('');
    server.send('{"back":1}');
    server.send(Buffer.from('binary'));
    server.send('x'.repeat(100_000));
    await waitFor(() => client.messages.length === 2, { what: 'answers' });
    expect(client.messages.map((text) => text.length)).toEqual([10, 100_000]);
  });

  it('says how it was closed', async () => {
    const { url, connected } = await bridge();
    const client = await new Client(url).isOpen();
    (await connected).close(1000, 'replaced');
    await waitFor(() => client.ends.length > 0, { what: 'end' });
    expect(client.ends).toEqual([{ wasOpen: true, code: 1000, reason: 'replaced' }]);
  });

  it('is closed with 1009 for one byte too many', async () => {
    const { url, connected } = await bridge();
    const client = await new Client(url).isOpen();
    const refused = once(await connected, 'error');
    expect(client.link.sizeLimit).toBe(65_536);
    client.link.send('x'.repeat(65_537));
    await waitFor(() => client.ends.length > 0, { what: 'end' });
    expect(client.ends).toEqual([expect.objectContaining({ wasOpen: true, code: 1009 })]);
    await refused;
  });

  it('says with which status it was refused, without the password', async () => {
    const web = createServer();
    web.on('upgrade', (_, socket) => socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n'));
    await once(web.listen(0, '127.0.0.1'), 'listening');
    closing.push(() => once(web.close(), 'close'));
    const { port } = web.address() as AddressInfo;
    const url = `ws://127.0.0.1:${port}/colibri-ws/x?pwd=secret`;
    const client = new Client(url);
    await waitFor(() => client.ends.length > 0, { what: 'end' });
    const [end] = client.ends;
    expect(end).toMatchObject({ wasOpen: false, status: 403, error: { code: 'websocket-refused' } });
    expect(
      `${end?.reason} ${String(end?.error)} ${webSocketRoute(url, { insecure: false }).name}`,
    ).not.toContain('secret');
  });

  it('tells when what waits has left, but not for each message', async () => {
    const { url, connected } = await bridge();
    const client = await new Client(url).isOpen();
    const server = await connected;
    for (let index = 0; index < 10; index++) client.link.send('few');
    server.pause();
    const message = Buffer.alloc(50_000, 'x');
    let sent = 0;
    // The system's buffers fill first.
    while (client.link.bufferedAmount <= highWaterMark.ws) {
      client.link.send(message);
      sent += 1;
      if (sent % 10 === 0) await new Promise(setImmediate);
    }
    const before = client.drained;
    server.resume();
    await waitFor(() => client.drained > before, { what: 'notice' });
    expect(client.link.bufferedAmount).toBeLessThanOrEqual(highWaterMark.ws);
    expect(client.drained).toBeLessThan(sent);
  });

  it('stops reading until it is resumed, and the other side notices', async () => {
    const { url, connected } = await bridge();
    const client = await new Client(url).isOpen();
    const server = await connected;
    expect(client.link.pause()).toBe(true);
    const message = 'x'.repeat(60_000);
    let sent = 0;
    while (server.bufferedAmount < 1_000_000) {
      server.send(message);
      sent += 1;
      if (sent % 10 === 0) await new Promise(setImmediate);
    }
    expect(client.messages.length).toBeLessThan(sent);
    client.link.resume();
    await waitFor(() => client.messages.length === sent, { what: 'messages' });
  });

  it('can be closed while it is paused, and is silent then', async () => {
    const { url, connected } = await bridge();
    const client = await new Client(url).isOpen();
    const server = await connected;
    client.link.pause();
    server.send('unread');
    client.link.close();
    const [code] = (await once(server, 'close')) as [number];
    expect(code).toBe(1000);
    client.link.send('late');
    client.link.close();
    expect(client.messages).toEqual([]);
    expect(client.ends).toEqual([]);
  });
});
