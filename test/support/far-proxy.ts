/** A WebSocket in the middle that, after a certain frame of the server, lets nothing of it through until the client has sent a certain one. */
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { WebSocket, WebSocketServer } from 'ws';
import { closeServer, proxyUrl } from './websocket-server.ts';

export interface FarProxy {
  /** The same path and query as the server's, at another address. */
  url: string;
  close(): Promise<void>;
}

/** @param server WebSocket URL without a query @param after part of the server's frame @param until part of the frame that is waited for */
export async function startFarProxy(server: string, after: string, until: string): Promise<FarProxy> {
  const upstreams = new Map<IncomingMessage, WebSocket>();
  const proxy = new WebSocketServer({
    host: '127.0.0.1',
    port: 0,
    // Connected to the server first, so that the frames of the client keep their distance.
    verifyClient({ req }, accept) {
      const { search } = new URL(req.url ?? '', 'http://localhost');
      const upstream = new WebSocket(`${server}${search}`, 'xmpp');
      upstreams.set(req, upstream);
      upstream.on('open', () => accept(true));
      upstream.on('error', () => accept(false, 502));
    },
  });
  await once(proxy, 'listening');
  proxy.on('connection', (client, request) => {
    const upstream = upstreams.get(request);
    if (!upstream) throw new Error('no connection to the server');
    /** What is held back. */
    let toClient: string[] | undefined;
    client.on('message', (data: Buffer) => {
      const frame = data.toString('utf8');
      upstream.send(frame);
      if (!frame.includes(until)) return;
      for (const held of toClient ?? []) client.send(held);
      toClient = undefined;
    });
    upstream.on('message', (data: Buffer) => {
      const frame = data.toString('utf8');
      if (toClient) toClient.push(frame);
      else client.send(frame);
      if (frame.includes(after)) toClient ??= [];
    });
    upstream.on('close', () => client.close());
    client.on('close', () => upstream.close());
  });
  return {
    url: proxyUrl(proxy, server),
    close: () => closeServer(proxy),
  };
}
