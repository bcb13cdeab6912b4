/** Our participants over BOSH on a real Prosody (`mod_bosh`). */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { systemRandom } from '../../src/base/random.ts';
import {
  type Conference,
  type JitsiError,
  joinRoom,
  type JoinOptions,
  type WireEntry,
} from '../../src/index.ts';
import type { Bridge } from '../../src/sandbox/bridge/bridge.ts';
import { createMediaBridge } from '../../src/sandbox/bridge/media-bridge.ts';
import { connectLink, createFocus, type Focus } from '../../src/sandbox/focus/index.ts';
import { HttpTunnelAgent, startConnectProxy } from '../support/connect-proxy.ts';
import { jcli } from '../support/jcli.ts';
import { nextEvent } from '../support/next-event.ts';
import { type Prosody, startProsody } from '../support/prosody.ts';
import { waitFor } from '../support/wait.ts';
import { serve, type WebServer } from '../support/web-servers.ts';

const ports = { clock: systemClock, random: systemRandom, logger: silentLogger };
let prosody: Prosody;
let bridge: Bridge;
let focus: Focus;
let focusAddress: string;
let rooms = 0;
/** `User-Agent` of everybody who fetched a page's config.js. */
const callers = new Set<string>();
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  prosody = await startProsody();
  bridge = createMediaBridge({ mode: 'both', webSocketBase: () => 'ws://127.0.0.1:1', ...ports });
  const { websocketUrl: url, authDomain, focusPassword: password, mucDomain, domain } = prosody;
  const link = await connectLink({ url, domain: authDomain, username: 'focus', password });
  focusAddress = link.jid;
  focus = createFocus({ link, mucDomain, domain, bridge, ...ports });
});
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});
afterAll(async () => {
  await focus?.close();
  await bridge?.close();
  await prosody?.stop();
});

/** A page with a config.js, where upgrades are answered with this status. */
async function page(status: string, websocket = true): Promise<WebServer> {
  const { domain, mucDomain, boshUrl } = prosody;
  const server = await serve((request, response) => {
    if (!request.url?.startsWith('/config.js')) response.writeHead(404).end();
    else {
      callers.add(request.headers['user-agent'] ?? '');
      const config = {
        hosts: { domain, muc: mucDomain, focus: focusAddress },
        bosh: boshUrl,
        ...(websocket ? { websocket: '/xmpp-websocket' } : {}),
        // What is quiet is not lost.
        xmppPing: { interval: 2_000 },
      };
      response.end(`var config = ${JSON.stringify(config)};`);
    }
  });
  server.server.on('upgrade', (_, socket) => socket.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`));
  closing.push(() => server.close());
  return server;
}

async function enter(host: string, room: string, more: JoinOptions = {}): Promise<Conference> {
  const conference = await joinRoom({ host, room, useKnownConfig: false, ...more });
  closing.push(() => conference.leave());
  return conference;
}

const freshRoom = (): string => `bosh${++rooms}`;

describe('over the BOSH of a real Prosody', () => {
  it('two see each other, chat both ways, raise hands and leave', async () => {
    const { origin } = await page('404 Not Found');
    const room = freshRoom();
    const alice = await enter(origin, room, { nick: 'Alice', transport: 'bosh' });
    const seesBob = nextEvent(alice, 'participantJoined');
    const bob = await enter(origin, room, { nick: 'Bob', transport: 'bosh' });
    expect((await seesBob).participant.displayName).toBe('Bob');
    const heard = bob.chat.messages().next();
    await alice.chat.send('hello <Prosody> & "all" 👋');
    expect((await heard).value).toMatchObject({ text: 'hello <Prosody> & "all" 👋', displayName: 'Alice' });
    const raised = nextEvent(bob, 'handRaised');
    alice.raiseHand();
    expect((await raised).participant.id).toBe(alice.endpointId);
    const left = nextEvent(bob, 'participantLeft');
    await alice.leave('good night');
    expect(await left).toMatchObject({ departure: { reason: 'left', text: 'good night' } });
    await bob.leave();
    expect(await bob.closed).toEqual({ reason: 'left' });
    // Both sessions are ended, and not left to expire.
    await waitFor(() => prosody.log().split('BOSH client disconnected').length > 2, { what: 'both ended' });
  });

  it('keeps the order of many messages, and loses none', async () => {
    const { origin } = await page('404 Not Found');
    const room = freshRoom();
    const alice = await enter(origin, room, { transport: 'bosh' });
    const bob = await enter(origin, room, { transport: 'bosh' });
    const texts = Array.from({ length: 60 }, (_, index) => `line ${index} ${'x'.repeat(200 * (index % 7))}`);
    const messages = bob.chat.messages();
    const received = (async (): Promise<string[]> => {
      const heard: string[] = [];
      for await (const { text } of messages) if (heard.push(text) === texts.length) break;
      return heard;
    })();
    await Promise.all(texts.map((text) => alice.chat.send(text)));
    expect(await received).toEqual(texts);
  });

  it('is there still after it has been quiet', async () => {
    const { origin } = await page('404 Not Found');
    const room = freshRoom();
    let pings = 0;
    const wire = ({ direction, text }: WireEntry): void => {
      if (direction === 'sent' && text.includes('urn:xmpp:ping')) pings += 1;
    };
    const alice = await enter(origin, room, { transport: 'bosh', wire });
    await waitFor(() => pings >= 2, { what: 'pings' });
    await alice.chat.send('still here');
  });

  it.each(['403 Forbidden', '404 Not Found', '502 Bad Gateway'])(
    'goes there when the WebSocket is refused with %s, and says so',
    async (status) => {
      const { origin } = await page(status);
      const room = freshRoom();
      const alice = await enter(origin, room);
      const warnings: JitsiError[] = [];
      alice.on('warning', ({ error }) => warnings.push(error));
      const bob = await enter(origin, room);
      const heard = bob.chat.messages().next();
      await alice.chat.send('by another way');
      expect((await heard).value).toMatchObject({ text: 'by another way' });
      await waitFor(() => warnings.length > 0, { what: 'a warning' });
      expect(warnings.map(({ code, message }) => [code, message.includes(status.slice(0, 3))])).toEqual([
        ['bosh-fallback', true],
      ]);
    },
  );

  it('goes there where config.js names nothing else', async () => {
    const { origin } = await page('404 Not Found', false);
    // `/xmpp-websocket` beside BOSH is there, on this server.
    const conference = await enter(origin, freshRoom(), { websocket: '/none' });
    await conference.chat.send('hello');
  });

  it('does not go there when only a WebSocket is wanted', async () => {
    const { origin } = await page('403 Forbidden');
    await expect(enter(origin, freshRoom(), { transport: 'websocket' })).rejects.toMatchObject({
      code: 'websocket-refused',
      message: expect.stringContaining('403'),
    });
  });

  it('logs in with an account, and shows no password', async () => {
    const { origin } = await page('404 Not Found');
    const texts: string[] = [];
    const login = { username: 'focus', password: prosody.focusPassword };
    const conference = await enter(origin, freshRoom(), {
      transport: 'bosh',
      login,
      xmppDomain: prosody.authDomain,
      muc: prosody.mucDomain,
      wire: ({ text }) => texts.push(text),
    });
    expect(conference.participants.size).toBe(0);
    expect(texts.join('\n')).toContain('<auth');
    const secret = Buffer.from(`\0focus\0${prosody.focusPassword}`).toString('base64');
    expect(texts.join('\n')).not.toContain(secret);
  });

  it('says that the password is wrong', async () => {
    const { origin } = await page('404 Not Found');
    await expect(
      enter(origin, freshRoom(), {
        transport: 'bosh',
        login: { username: 'focus', password: 'wrong' },
        xmppDomain: prosody.authDomain,
        muc: prosody.mucDomain,
      }),
    ).rejects.toMatchObject({ code: 'authentication-failed' });
  });

  it('goes by the agent or the fetch of the caller, as a browser on the page', async () => {
    const { origin } = await page('404 Not Found');
    const proxy = await startConnectProxy();
    closing.push(() => proxy.close());
    const agent = new HttpTunnelAgent(proxy.port);
    const alice = await enter(origin, freshRoom(), { transport: 'bosh', agent, userAgent: 'robot/7' });
    await alice.chat.send('through the tunnel');
    const polls = proxy.heads.filter((head) => head.startsWith('POST /http-bind?room='));
    expect(polls.length).toBeGreaterThan(0);
    for (const head of polls)
      expect(head).toMatch(/^origin: http:\/\/127\.0\.0\.1:\d+\r\nuser-agent: robot\/7\r$/im);
    const asked: string[] = [];
    const counting: typeof fetch = (input, init) => {
      asked.push(new URL(new Request(input).url).pathname);
      return fetch(input, init);
    };
    const bob = await enter(origin, freshRoom(), { transport: 'bosh', fetch: counting });
    await bob.chat.send('fetched');
    expect(new Set(asked)).toEqual(new Set(['/config.js', '/http-bind']));
  });

  it('`jcli chat` talks to `jcli chat`', async () => {
    const { origin } = await page('404 Not Found');
    const room = freshRoom();
    const at = [`${origin}/${room}`, '--transport', 'bosh', '--user-agent', 'robot/9'];
    const bob = jcli(['chat', ...at, '--nick', 'Bob', '--json']);
    await bob.waitForObject({ type: 'joined' });
    expect(callers).toContain('robot/9');
    const alice = jcli(['chat', ...at, '--nick', 'Alice']);
    alice.writeLine('the build is done');
    await bob.waitForObject({ type: 'message', text: 'the build is done' });
    bob.writeLine('well done');
    await alice.waitForLine('Bob: well done');
    alice.endInput();
    expect(await alice.waitForExit()).toEqual({ code: 0, signal: null });
    await bob.waitForObject({ type: 'participant-left', reason: 'left' });
  });
});
