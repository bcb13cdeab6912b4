/**
 * A deployment that says secrets back: what stands before a sandbox, passes everything on, plants secrets where they belong, and repeats
 * all that it knows in the place that a test chooses.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { plantedSecrets } from './planted-secrets.ts';
import { serve, type WebServer } from './web-servers.ts';

export interface Ways {
  /** Answers an HTTP request instead of the sandbox. */
  http?(path: string, response: ServerResponse, words: () => string): boolean;
  /** Answers the request for a WebSocket instead of the sandbox. */
  upgrade?(path: string, socket: Duplex, words: () => string): boolean;
  /** Changes what the sandbox says. @returns undefined: as it is */
  frame?(frame: string, words: () => string): string | readonly string[] | undefined;
  /** Sees what the client says; what it returns is told to the client. */
  heard?(frame: string, words: () => string, client: WebSocket): string | undefined;
}

export class Parrot implements AsyncDisposable {
  readonly #target: string;
  readonly #web: WebServer;
  readonly #ways: Ways;
  /** Secrets that the sandbox and the client made up. */
  readonly found: Set<string> = new Set<string>();
  /** Of these, the ones of a session that the client took: who declines one forgets it. */
  #taken: readonly string[] = [];
  /** Planted ones that every client has been told of, or brought. */
  readonly #told = new Set([plantedSecrets.token, plantedSecrets.password, plantedSecrets.account]);

  static async before(target: string, ways: Ways = {}): Promise<Parrot> {
    const web = await serve((request, response) => void parrot.#answer(request, response));
    const parrot: Parrot = new Parrot(target, web, ways);
    return parrot;
  }

  private constructor(target: string, web: WebServer, ways: Ways) {
    this.#target = target;
    this.#web = web;
    this.#ways = ways;
    const sockets = new WebSocketServer({ noServer: true, handleProtocols: ([first]) => first ?? false });
    web.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      if (this.#ways.upgrade?.(request.url ?? '', socket, this.#words) === true) return;
      sockets.handleUpgrade(request, socket, head, (client) => this.#connect(client, request));
    });
  }

  get url(): string {
    return this.#web.origin;
  }

  /** How often it could have said what it knows. */
  said = 0;

  /** Every secret, as it is. */
  readonly #words = (): string => {
    this.said += 1;
    return ['who has', ...this.#told, ...this.#taken].join(' | ');
  };

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#web.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    if (this.#ways.http?.(path, response, this.#words) === true) return;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = 'GET' } = request;
    const body = method === 'POST' ? { body: Buffer.concat(chunks) } : {};
    const headers = { 'content-type': request.headers['content-type'] ?? 'text/plain' };
    const original = await fetch(this.#target + path, { method, headers, ...body });
    response.writeHead(original.status, { 'content-type': original.headers.get('content-type') ?? '' });
    response.end(this.#translated(await original.text()));
  }

  #connect(client: WebSocket, request: IncomingMessage): void {
    const upstream = new WebSocket(
      `${this.#target.replace('http', 'ws')}${request.url}`,
      client.protocol || [],
    );
    const waiting: string[] = [];
    client.on('message', (data: Buffer) => {
      const frame = data.toString('utf8');
      this.#learn(frame);
      if (frame.includes('action="session-accept"')) this.#taken = [...this.found];
      const answer = this.#ways.heard?.(frame, this.#words, client);
      if (answer !== undefined) client.send(answer);
      else if (upstream.readyState === WebSocket.OPEN) upstream.send(frame);
      else waiting.push(frame);
    });
    upstream.on('open', () => waiting.forEach((frame) => upstream.send(frame)));
    upstream.on('message', (data: Buffer) => {
      const frame = this.#planted(this.#translated(data.toString('utf8')));
      this.#learn(frame);
      const said = this.#ways.frame?.(frame, this.#words) ?? frame;
      for (const each of [said].flat()) client.send(each);
      if (isOurJoin(frame)) {
        client.send(metadata(frame));
        this.#told.add(plantedSecrets.metadata);
      }
    });
    upstream.on('error', () => client.terminate()).on('close', () => client.close());
    client.on('error', () => {}).on('close', () => upstream.close());
  }

  #planted(frame: string): string {
    const { session, stream, turn } = plantedSecrets;
    if (frame.startsWith('<enabled')) this.#told.add(stream);
    if (frame.includes('<services')) this.#told.add(turn);
    // What nobody keeps cannot be recognised: the session is never said again.
    return frame
      .replace(/(<enabled[^>]* id=")[^"]*/, `$1${xmlText(stream)}`)
      .replace(/(<conference[^>]*)(?= ready=)/, `$1 session-id="${xmlText(session)}"`);
  }

  #translated(text: string): string {
    return text
      .replaceAll(this.#target, this.url)
      .replaceAll(this.#target.replace('http', 'ws'), this.url.replace('http', 'ws'));
  }

  #learn(frame: string): void {
    for (const [, pwd = ''] of frame.matchAll(/\bpwd=["']?([\w+/]{6,})/g)) this.found.add(pwd);
  }
}

/** The room's own presence of whoever it is sent to. */
export const isOurJoin = (frame: string): boolean =>
  frame.startsWith('<presence') && frame.includes('code="110"');

/** Services in the room's metadata (signalling of lib-jitsi-meet's `RoomMetadata`). */
function metadata(presence: string): string {
  const services = [
    { type: 'turn', host: '127.0.0.1', port: 9, username: 'user', password: plantedSecrets.metadata },
  ];
  const json = JSON.stringify({ type: 'room_metadata', metadata: { services } });
  const to = / to="([^"]*)"/.exec(presence)?.[1] ?? '';
  return `<message xmlns="jabber:client" from="metadata.meet.jitsi" to="${to}"><json-message xmlns="http://jitsi.org/jitmeet">${xmlText(json)}</json-message></message>`;
}

export function xmlText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
