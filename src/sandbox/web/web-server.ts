/**
 * The web server of a deployment: `config.js`, the XMPP WebSocket, the conference request by HTTP, the bridge's WebSocket. Each
 * of them also below a tenant's name, as nginx does it in docker-jitsi-meet (`meet.conf`).
 */
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { parseBoundedJson } from '../../base/bounded-json.ts';
import { messageOf, ParseError } from '../../base/errors.ts';
import { startTimer } from '../../base/timer.ts';
import type { Logger } from '../../base/logger.ts';
import { subprotocol } from '../../xmpp/framing.ts';
import type { FrameSocket, SocketEvents } from '../xmpp/sessions.ts';
import { parseSessionQuery, type SessionQuery } from '../xmpp/session-query.ts';
import { readColibriUrl } from '../bridge/channel/colibri-upgrade.ts';
import { guard } from '../guard.ts';
import type { Caller, Door, Doors } from '../network/doors.ts';
import { closeWebSockets } from './close-web-sockets.ts';
import { Origins } from './origins.ts';
import { readTarget } from './request-target.ts';
import { serveXmppSocket } from './xmpp-socket.ts';

export interface WebServerOptions {
  host: string;
  /** 0 for any free one. */
  port: number;
  /** PEM; makes it an https server. */
  tls?: { certificate: string; key: string };
  /** Origins of pages that may use it besides its own, as `parseOrigin` gives them. */
  origins: readonly string[];
  /** The text of `config.js`. @param origin `http://HOST:PORT` or `https://HOST:PORT` as the client sees it */
  configJs(origin: string, tenant: string): string;
  /** A client on the XMPP WebSocket. @param stream what its frames go over */
  accept(socket: FrameSocket, query: SessionQuery, stream: Duplex): SocketEvents;
  /** Who gets in now. */
  doors: Doors;
  /** Answers a conference request by HTTP; a rejection's message becomes the text of the refusal. */
  conferenceRequest?: (body: unknown) => Promise<unknown>;
  /** Takes over WebSockets for the bridge, path `/colibri-ws/…`. */
  bridgeUpgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  logger: Logger;
}

export interface WebServer {
  /** `http://HOST:PORT` or `https://HOST:PORT` */
  readonly url: string;
  /** From now on connections are refused, as by a machine where nobody listens; those that stand stay. */
  stopListening(): void;
  /** Listens again, where it did; tries until the port is free. */
  listenAgain(): void;
  /** Closes all connections, breaking those that do not close in time; resolves when nothing is left. */
  close(): Promise<void>;
}

/** Bytes of a WebSocket message; the sessions have smaller limits of their own, with an answer. */
const messageLimit = 1024 * 1024;
const bodyLimit = 64 * 1024;
/** ms between two tries to listen again. */
const retryTime = 50;
/** What a proxy says whose server does not run. */
const absent = 'Bad Gateway';

/** Rejects when the address cannot be listened on. */
export async function startWebServer(options: WebServerOptions): Promise<WebServer> {
  const { host, port, tls, logger } = options;
  const server: Server = tls
    ? createHttpsServer({ cert: tls.certificate, key: tls.key })
    : createHttpServer();
  const webSockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: messageLimit,
    handleProtocols: () => subprotocol,
  });
  server.on('request', receive);
  server.on('upgrade', receiveUpgrade);
  // The server itself forgets those who have connected over TLS and not asked for anything yet.
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(port, host);
  await once(server, 'listening');
  const actualPort = (server.address() as AddressInfo).port;
  const url = originOf(actualPort, host);
  const origins = new Origins(url, options.origins);

  function originOf(actualPort: number, name: string): string {
    return `${tls ? 'https' : 'http'}://${name.includes(':') ? `[${name}]` : name}:${actualPort}`;
  }

  /** Listening everywhere, we are where the client found us. */
  function seenBy(request: IncomingMessage): string {
    const isEverywhere = host === '0.0.0.0' || host === '::';
    return isEverywhere && request.headers.host !== undefined
      ? `${tls ? 'https' : 'http'}://${request.headers.host}`
      : url;
  }

  function receive(request: IncomingMessage, response: ServerResponse): void {
    const target = readTarget(request.url ?? '/');
    const door = target?.path === 'conference-request/v1' ? 'focus' : 'web';
    const closed = options.doors.closedFor(door, {});
    if (closed === 'hang') options.doors.wait(door, {}, () => receive(request, response));
    else if (closed) reply(response, closed, absent);
    else {
      respond(request, response).catch((error: unknown) => {
        logger.log('warn', 'answering a request', { error: messageOf(error) });
        response.destroy();
      });
    }
  }

  function receiveUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { door, caller } = readCaller(request);
    const closed = options.doors.closedFor(door, caller);
    if (closed === 'hang') {
      socket.on('error', () => {});
      options.doors.wait(door, caller, () => receiveUpgrade(request, socket, head));
    } else if (closed) refuseUpgrade(socket, `${closed} ${absent}`);
    else guardedUpgrade(request, socket, head);
  }

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = readTarget(request.url ?? '/');
    if (!target) return reply(response, 400, 'Bad request: the target is neither a path nor a URL');
    const { tenant, path } = target;
    const { method } = request;
    if (path === 'conference-request/v1' && options.conferenceRequest) {
      if (!admits(request)) return reply(response, 403, foreign(request));
      await respondToConferenceRequest(request, response, options.conferenceRequest);
    } else if (method !== 'GET' && method !== 'HEAD') reply(response, 405, 'Method not allowed');
    else if (path === '')
      reply(response, 200, `A Jitsi Meet deployment for tests.\nconfig: ${url}/config.js\n`);
    else if (path === 'config.js') {
      reply(response, 200, options.configJs(seenBy(request), tenant), 'application/javascript');
    } else if (path === 'xmpp-websocket') {
      // Clients do this to keep the session at its server alive, from pages of any origin.
      reply(response, 200, 'It works! Now point your WebSocket client to this URL.\n');
    } else reply(response, 404, 'Not found');
  }

  function admits(request: IncomingMessage): boolean {
    return origins.allows(request.headers.origin, seenBy(request));
  }

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', (error) => logger.log('debug', 'socket', { error: messageOf(error) }));
    const target = readTarget(request.url ?? '/');
    if (!target) return refuseUpgrade(socket, '400 Bad Request');
    if (!admits(request)) {
      const reason = foreign(request);
      logger.log('warn', 'a WebSocket is refused', { reason });
      return refuseUpgrade(socket, '403 Forbidden', reason);
    }
    const { tenant, path, parameters } = target;
    if (path.startsWith('colibri-ws/') && options.bridgeUpgrade) {
      options.bridgeUpgrade(request, socket, head);
    } else if (path !== 'xmpp-websocket') refuseUpgrade(socket, '404 Not Found');
    else if (!asksForXmpp(request)) refuseUpgrade(socket, '501 Not Implemented');
    else {
      webSockets.handleUpgrade(request, socket, head, (webSocket) => {
        const query = parseSessionQuery(parameters, tenant);
        serveXmppSocket(webSocket, logger, (frames) => options.accept(frames, query, socket));
      });
    }
  }

  const guardedUpgrade = guard(logger, 'a request for a WebSocket', upgrade, (_, socket) => socket.destroy());
  let cancelRetry: (() => void) | undefined;

  function listenAgain(): void {
    cancelRetry?.();
    if (server.listening) return;
    const failed = (error: Error): void => {
      // Somebody who connects elsewhere may have been given our port as theirs.
      logger.log('warn', 'listening again', { error: messageOf(error) });
      cancelRetry = startTimer(retryTime, listenAgain);
    };
    server.once('error', failed);
    server.listen(actualPort, host, () => server.off('error', failed));
  }

  return {
    url,
    stopListening: () => void server.close(),
    listenAgain,
    async close() {
      cancelRetry?.();
      const closed = server.listening ? once(server, 'close') : Promise.resolve();
      server.close();
      await closeWebSockets(webSockets, 1001);
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Who asks for a WebSocket, as far as the request tells. */
function readCaller({ url = '/' }: IncomingMessage): { door: Door; caller: Caller } {
  const target = readTarget(url);
  if (target?.path.startsWith('colibri-ws/')) {
    return { door: 'bridge', caller: { endpointId: readColibriUrl(url)?.endpointId } };
  }
  return { door: 'xmpp', caller: { previd: target?.parameters.get('previd') ?? undefined } };
}

/** Why a page may not; its origin is an outsider's text. */
function foreign({ headers }: IncomingMessage): string {
  const origin = JSON.stringify((headers.origin ?? '').slice(0, 100));
  return `pages of the origin ${origin} may not use this deployment; it can be told of them: origins, --origin`;
}

function asksForXmpp(request: IncomingMessage): boolean {
  const offered = request.headers['sec-websocket-protocol'] ?? '';
  return offered.split(',').some((name) => name.trim() === subprotocol);
}

function refuseUpgrade(socket: Duplex, status: string, reason = ''): void {
  const body = Buffer.from(reason);
  // Who asked may be gone.
  socket.on('error', () => {});
  socket.write(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${body.length}\r\n\r\n`,
  );
  socket.end(body);
}

/** jicofo `doc/conference-request.md`: JSON in and out, a reason as text otherwise. */
async function respondToConferenceRequest(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (body: unknown) => Promise<unknown>,
): Promise<void> {
  if (request.method === 'OPTIONS') {
    reply(response, 200, '');
    return;
  }
  if (request.method !== 'POST') {
    reply(response, 405, 'Method not allowed');
    return;
  }
  try {
    const answered = await answer(parseBoundedJson(await readBody(request)));
    reply(response, 200, JSON.stringify(answered), 'application/json');
  } catch (error) {
    reply(response, 400, `Bad request: ${messageOf(error)}`);
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bodyLimit) {
      throw new ParseError('conference-request', 'body-too-large', `a body of more than ${bodyLimit} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function reply(response: ServerResponse, status: number, body: string, type = 'text/plain'): void {
  response.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'access-control-allow-origin': '*',
    'access-control-allow-headers': 'authorization, content-type',
  });
  response.end(body);
}
