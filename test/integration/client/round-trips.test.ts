/** How many times a join has to wait for the other side, counted in the middle of the way, with TLS. */
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { type Conference, joinRoom, type JoinOptions, joinSession } from '../../../src/index.ts';
import { createSandbox, type Sandbox, type SandboxOptions } from '../../../src/sandbox/index.ts';
import { RoundTripProxy } from '../../support/round-trip-proxy.ts';
import { acceptFor } from '../../support/session-accept.ts';
import { serveTls, type WebServer } from '../../support/web-servers.ts';

interface Way {
  host: string;
  proxy: RoundTripProxy;
}

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** Client → proxy → web server with TLS → sandbox, as deployments have it. */
async function start(options: SandboxOptions = {}, path = 'xmpp-websocket'): Promise<Way> {
  // The page is the front's.
  const sandbox = await createSandbox({ origins: ['*'], ...options });
  closing.push(() => sandbox.close());
  const { port, forwardTo } = await RoundTripProxy.start();
  const front = await serveTls((request, response) => void respond(sandbox, config, request, response));
  closing.push(() => front.close());
  front.server.on('upgrade', (request, socket, head) => upgrade(sandbox, request, socket, head));
  const config =
    `var config = { hosts: { domain: 'meet.jitsi', muc: '${sandbox.mucDomain}', focus: 'focus.meet.jitsi' }, websocket: 'wss://127.0.0.1:${port}/${path}' };` +
    (options.conferenceRequest === 'http'
      ? `config.conferenceRequestUrl = 'https://127.0.0.1:${port}/conference-request/v1';`
      : '');
  const proxy = forwardTo(portOf(front));
  closing.push(() => proxy.close());
  return { host: `https://127.0.0.1:${port}`, proxy };
}

function portOf(front: WebServer): number {
  return Number(new URL(front.origin).port);
}

async function respond(
  sandbox: Sandbox,
  config: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.url?.startsWith('/config.js')) {
    response.end(config);
    return;
  }
  const { method, headers } = request;
  const onward = http.request(`${sandbox.url}${request.url}`, { method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502);
    answer.pipe(response);
  });
  request.pipe(onward);
}

function upgrade(sandbox: Sandbox, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const { hostname, port, search } = new URL(request.url ?? '', sandbox.url);
  const onward = connect(Number(port), hostname, () => {
    onward.write(`GET /xmpp-websocket${search} HTTP/1.1\r\n`);
    for (const [name, value] of Object.entries(request.headers))
      onward.write(`${name}: ${String(value)}\r\n`);
    onward.write('\r\n');
    onward.write(head);
    onward.pipe(socket);
    socket.pipe(onward);
  });
  onward.on('error', () => socket.destroy());
  socket.on('error', () => onward.destroy());
}

interface Case {
  what: string;
  isKnown: boolean;
  sandbox?: SandboxOptions;
  /** Where the WebSocket is, for another than the conventional place. */
  path?: string;
  join?: JoinOptions;
  joined: number;
  offered: number;
}

const tokens = { sandbox: { tokens: ['t0ken'] }, join: { token: 't0ken' } };
const overHttp = { sandbox: { conferenceRequest: 'http' } } as const;
const orderly = { pipelining: false };
// Where somebody has joined before, the focus knows what we can do and need not ask before it offers.
const cases: Case[] = [
  { what: 'flight', isKnown: true, joined: 6, offered: 6 },
  { what: 'flight', isKnown: false, joined: 6, offered: 7 },
  { what: 'flight, WebSocket elsewhere', isKnown: true, path: 'ws', joined: 6, offered: 6 },
  { what: 'flight, WebSocket elsewhere', isKnown: false, path: 'ws', joined: 9, offered: 10 },
  { what: 'flight, token', isKnown: true, ...tokens, joined: 6, offered: 6 },
  { what: 'flight, token', isKnown: false, ...tokens, joined: 9, offered: 10 },
  { what: 'flight, HTTP conference request', isKnown: true, ...overHttp, joined: 6, offered: 6 },
  { what: 'flight, HTTP conference request', isKnown: false, ...overHttp, joined: 6, offered: 7 },
  { what: 'orderly', isKnown: true, join: orderly, joined: 10, offered: 10 },
  { what: 'orderly', isKnown: false, join: orderly, joined: 10, offered: 11 },
  {
    what: 'orderly, token',
    isKnown: true,
    ...tokens,
    join: { ...tokens.join, ...orderly },
    joined: 10,
    offered: 10,
  },
  {
    what: 'orderly, token',
    isKnown: false,
    ...tokens,
    join: { ...tokens.join, ...orderly },
    joined: 13,
    offered: 14,
  },
];

describe('round trips', () => {
  const lines: string[] = [];
  afterAll(() =>
    process.stdout.write(
      `round trips to joined / to the offer / to the accepted session\n${lines.join('\n')}\n`,
    ),
  );

  it.each(cases)(
    '$what, config.js known: $isKnown',
    async ({ what, isKnown, sandbox, path, join, ...expected }) => {
      const { host, proxy } = await start({ ...sandbox, minParticipants: 1 }, path);
      let joined = 0;
      const wire: JoinOptions['wire'] = ({ text }) => {
        // Our own presence (XEP-0045, 7.2.2).
        if (joined === 0 && /<status code=.110./.test(text)) joined = proxy.trips;
      };
      const options = { host, room: 'standup', insecure: true, ...join };
      if (isKnown) {
        await leave(await joinRoom(options));
        await proxy.reset();
      }
      const conference = await joinSession({ ...options, wire, sessionTimeout: 20_000 });
      const offered = proxy.trips;
      const { session, endpointId } = conference;
      await session?.accept(acceptFor(session, endpointId, []));
      const accepted = proxy.trips;
      await leave(conference);
      const counts = `${joined} / ${offered} / ${accepted}`;
      lines.push(`${what.padEnd(34)} config.js ${isKnown ? 'known  ' : 'unknown'} ${counts}`);
      // Our session-accept and the focus' answer to it.
      expect({ joined, offered, accepted }).toEqual({ ...expected, accepted: expected.offered + 1 });
    },
  );
});

async function leave(conference: Conference): Promise<void> {
  await conference.leave();
  await conference.closed;
}
