/** An XMPP server, with another behind it, that ends a stream whose client does not wait for its answers while logging in. */
import { once } from 'node:events';
import { WebSocket, WebSocketServer } from 'ws';
import { closeServer, proxyUrl } from './websocket-server.ts';

export interface StrictProxy {
  url: string;
  /** Streams that were ended. */
  readonly refused: number;
  close(): Promise<void>;
}

/** Frames that end a client's turn to wait. */
const answers = /^<(?:stream:features|success|failure|enabled|failed|iq)\b/;

/** @param server WebSocket URL without a query */
export async function startStrictProxy(server: string): Promise<StrictProxy> {
  const proxy = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(proxy, 'listening');
  let refused = 0;
  proxy.on('connection', (client, request) => {
    const { search } = new URL(request.url ?? '', 'http://localhost');
    const upstream = new WebSocket(`${server}${search}`, client.protocol);
    const waiting: string[] = [];
    let isTheirTurn = false;
    let isBound = false;
    const refuse = (): void => {
      refused += 1;
      client.send(
        '<stream:error xmlns:stream="http://etherx.jabber.org/streams"><policy-violation xmlns="urn:ietf:params:xml:ns:xmpp-streams"/></stream:error>',
      );
      client.send('<close xmlns="urn:ietf:params:xml:ns:xmpp-framing"/>');
      client.close();
      upstream.terminate();
    };
    client.on('message', (data: Buffer) => {
      const frame = data.toString('utf8');
      if (client.readyState !== WebSocket.OPEN) return;
      if (isTheirTurn && !isBound) return refuse();
      isTheirTurn = true;
      if (upstream.readyState === WebSocket.OPEN) upstream.send(frame);
      else waiting.push(frame);
    });
    upstream.on('open', () => {
      for (const frame of waiting) upstream.send(frame);
    });
    upstream.on('message', (data: Buffer) => {
      const frame = data.toString('utf8');
      if (answers.test(frame)) isTheirTurn = false;
      if (frame.includes('urn:ietf:params:xml:ns:xmpp-bind') && frame.startsWith('<iq')) isBound = true;
      client.send(frame);
    });
    upstream.on('close', () => client.close());
    client.on('close', () => upstream.close());
    upstream.on('error', () => client.terminate());
  });
  return {
    url: proxyUrl(proxy, server),
    get refused() {
      return refused;
    },
    close: () => closeServer(proxy),
  };
}
