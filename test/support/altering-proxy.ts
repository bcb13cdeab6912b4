/** A WebSocket in the middle that changes what the server says. */
import { once } from 'node:events';
import { createServer } from 'node:https';
import { WebSocket, WebSocketServer } from 'ws';
import { closeServer, proxyUrl } from './websocket-server.ts';

export interface AlteringProxy {
  /** The same path and query as the server's, at another address. */
  url: string;
  close(): Promise<void>;
}

/**
 * @param server WebSocket URL without a query
 * @param alter applied to every frame of the server
 * @param tls what it shows itself; the server's certificate is not looked at then
 */
export async function startAlteringProxy(
  server: string,
  alter: (frame: string) => string,
  tls?: { cert: string; key: string },
): Promise<AlteringProxy> {
  const http = tls && createServer(tls).listen(0, '127.0.0.1');
  const proxy = new WebSocketServer(http ? { server: http } : { host: '127.0.0.1', port: 0 });
  await once(proxy, 'listening');
  proxy.on('connection', (client, request) => {
    const { search } = new URL(request.url ?? '', 'http://localhost');
    const upstream = new WebSocket(`${server}${search}`, client.protocol, { rejectUnauthorized: !tls });
    const waiting: string[] = [];
    client.on('message', (data: Buffer) => {
      const frame = data.toString('utf8');
      if (upstream.readyState === WebSocket.OPEN) upstream.send(frame);
      else waiting.push(frame);
    });
    upstream.on('open', () => {
      for (const frame of waiting) upstream.send(frame);
    });
    upstream.on('message', (data: Buffer) => client.send(alter(data.toString('utf8'))));
    upstream.on('close', () => client.close());
    client.on('close', () => upstream.close());
    upstream.on('error', () => client.terminate());
  });
  return {
    url: proxyUrl(proxy, server),
    async close() {
      http?.close();
      await closeServer(proxy);
    },
  };
}
