/** A proxy for CONNECT (RFC 9110, 9.3.6) that notes what goes through it, and agents that connect by way of it. */
import { once } from 'node:events';
import http, { type AgentOptions } from 'node:http';
import https from 'node:https';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import { portOf } from './web-servers.ts';

export interface ConnectProxy {
  readonly port: number;
  /** `HOST:PORT` of each connection that was made. */
  readonly targets: readonly string[];
  /** First lines and headers of the first request of each connection; unreadable with TLS. */
  readonly heads: readonly string[];
  close(): Promise<void>;
}

export interface ConnectProxyOptions {
  /** Answers this instead of making a connection; `nothing`: never answers. */
  answer?: number | 'nothing';
  /** `USER:PASSWORD` without which it answers 407. */
  login?: string;
  /** Every connection goes there, whatever was asked for. */
  upstream?: { host: string; port: number };
  /** It speaks TLS itself. */
  tls?: { cert: string; key: string };
}

/** @param forbids whether a request with this head is answered 403 and goes no further */
export async function startConnectProxy(
  forbids: (head: string) => boolean = () => false,
  { answer, login, upstream: fixed, tls: certificate }: ConnectProxyOptions = {},
): Promise<ConnectProxy> {
  const targets: string[] = [];
  const heads: string[] = [];
  const sockets = new Set<Duplex>();
  const refuse: http.RequestListener = (_, response) => response.writeHead(405).end();
  const server = certificate ? https.createServer(certificate, refuse) : http.createServer(refuse);
  server.on('connect', (request, client: Duplex) => {
    const target = request.url ?? '';
    targets.push(target);
    sockets.add(client);
    client.on('error', () => {});
    if (answer === 'nothing') return;
    const given = request.headers['proxy-authorization'];
    const isKnown = login === undefined || given === `Basic ${Buffer.from(login).toString('base64')}`;
    if (answer !== undefined || !isKnown) {
      client.end(`HTTP/1.1 ${answer ?? 407} No\r\nContent-Length: 3\r\n\r\nno\n`);
      return;
    }
    const { hostname, port } = new URL(`http://${target}`);
    const upstream = net.connect(fixed?.port ?? Number(port), fixed?.host ?? hostname);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one);
      one.on('error', () => other.destroy());
      one.once('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    client.once('data', (first: Buffer) => {
      const head = first.toString('latin1');
      heads.push(head);
      if (forbids(head)) {
        client.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
        return;
      }
      upstream.write(first);
      client.pipe(upstream);
      upstream.pipe(client);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: portOf(server),
    targets,
    heads,
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

type Made = (error: Error | null, socket?: Duplex) => void;
type Target = net.NetConnectOpts & tls.ConnectionOptions & { host: string; port: number };

/** A tunnel to the target; the proxy itself is spoken to without TLS. */
function tunnel(
  proxyPort: number,
  { host, port }: Target,
  made: (error: Error | null, socket?: net.Socket) => void,
): void {
  const request = http.request({
    host: '127.0.0.1',
    port: proxyPort,
    method: 'CONNECT',
    path: `${host}:${port}`,
    agent: false,
  });
  request.once('connect', (_, socket) => made(null, socket));
  request.once('error', (error) => made(error));
  request.end();
}

/** For addresses without TLS. */
export class HttpTunnelAgent extends http.Agent {
  readonly #proxyPort: number;

  constructor(proxyPort: number) {
    super();
    this.#proxyPort = proxyPort;
  }

  override createConnection(target: object, made: Made): undefined {
    tunnel(this.#proxyPort, target as Target, made);
  }
}

/** For addresses with TLS. */
export class HttpsTunnelAgent extends https.Agent {
  readonly #proxyPort: number;

  constructor(proxyPort: number, options: AgentOptions & tls.ConnectionOptions) {
    super(options);
    this.#proxyPort = proxyPort;
  }

  override createConnection(target: object, made: Made): undefined {
    tunnel(this.#proxyPort, target as Target, (error, socket) => {
      if (!socket) made(error);
      else made(null, tls.connect({ ...(target as Target), socket }));
    });
  }
}
