import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';
import { WebSocket } from 'ws';
import { describe, expect, it } from 'vitest';
import { transportOf } from '../../../src/jingle/jingle.ts';
import { createSandbox } from '../../../src/sandbox/index.ts';
import { expectXml } from '../../support/expect-xml.ts';
import { waitFor } from '../../support/wait.ts';
import { auth, bind, close, enable, open } from '../../support/xmpp-server-rig.ts';
import { mediaFeatures } from './media-participant.ts';
import { start } from './own-sandbox.ts';
import { jingleIn, join, path, room, takeOffer, tellFeatures } from './raw-participant.ts';
import { RawSocket } from './raw-socket.ts';

describe('the sandbox', () => {
  it('lets two talk, is seen from outside, and ends with the last', async () => {
    const sandbox = await start();
    const alice = await join(sandbox, 'Alice');
    expect(await alice.raw.next('<permissions ')).toContain('role="moderator"');
    const bob = await join(sandbox, 'Bob');
    await alice.raw.next(`from="${room}/${bob.nick}"`);
    alice.raw.send(
      `<message xmlns="jabber:client" type="groupchat" to="${room}" id="m1"><body>hello</body></message>`,
    );
    expect(await bob.raw.next('<body>hello</body>')).toContain(`from="${room}/${alice.nick}"`);
    alice.raw.send(
      `<message xmlns="jabber:client" type="groupchat" to="${room}"><subject>Plan</subject></message>`,
    );
    await bob.raw.next('<subject>Plan</subject>');
    expect(sandbox.rooms.get('room')).toEqual({
      name: 'room',
      jid: room,
      subject: 'Plan',
      occupants: [
        { nick: 'focus', role: 'moderator', jid: 'focus@auth.meet.jitsi/focus' },
        { nick: alice.nick, displayName: 'Alice', role: 'moderator', jid: alice.jid },
        { nick: bob.nick, displayName: 'Bob', role: 'participant', jid: bob.jid },
      ],
    });
    for (const { raw, nick } of [alice, bob]) {
      raw.send(`<presence xmlns="jabber:client" type="unavailable" to="${room}/${nick}"/>`, close);
      await raw.next('<close ');
      expect(await raw.closed).toEqual({ code: 1000, reason: 'Stream closed' });
    }
    await waitFor(() => sandbox.rooms.size === 0, { what: 'end of the room' });
  });

  it('has rooms of a tenant beside its own', async () => {
    const sandbox = await start();
    const acme = { path: `/acme${path}`, room: 'room@conference.acme.meet.jitsi' };
    const [alice, ann] = [await join(sandbox, 'Alice'), await join(sandbox, 'Ann', acme)];
    expect([...sandbox.rooms.keys()]).toEqual(['room', 'acme/room']);
    await ann.raw.next('<permissions ');
    // The component knows the tenant by the path.
    ann.raw.send('<message xmlns="jabber:client" to="endconference.meet.jitsi"><end_conference/></message>');
    await ann.raw.next('The meeting has been terminated');
    expect([...sandbox.rooms.keys()]).toEqual(['room']);
    expect(alice.raw.received.join('')).not.toContain('terminated');
  });

  it('has passwords, requests over HTTP and services when told so', async () => {
    const sandbox = await start({
      rooms: { Locked: { password: 'x' } },
      conferenceRequest: 'http',
      externalServices: [{ type: 'stun', host: 'stun.test', port: '3478' }],
    });
    const config = await (await fetch(`${sandbox.url}/config.js`)).text();
    const url =
      /conferenceRequestUrl = '([^']+)' \+ subdir \+ '([^']+)'/.exec(config)?.slice(1).join('') ?? '';
    const request = (body: string, method = 'POST'): Promise<Response> =>
      fetch(url, { method, ...(method === 'POST' ? { body } : {}) });
    const answer = await request(
      '{"room":"locked@conference.meet.jitsi","machineUid":"m","properties":{"rtcstatsEnabled":false}}',
    );
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(await answer.json()).toMatchObject({
      room: 'locked@conference.meet.jitsi',
      ready: true,
      focusJid: 'focus@auth.meet.jitsi',
    });
    for (const wrong of [
      '{',
      '[]',
      '{"room":7}',
      '{"room":"x@elsewhere"}',
      `{"room":"${'x'.repeat(70_000)}"}`,
    ]) {
      const refused = await request(wrong);
      expect(refused.status).toBe(400);
      expect(await refused.text()).toMatch(/^Bad request: /);
    }
    expect((await request('', 'OPTIONS')).status).toBe(200);
    expect((await request('', 'GET')).status).toBe(405);
    const raw = await RawSocket.open(sandbox.url, path);
    raw.send(open, auth, open, bind);
    raw.send(
      `<presence xmlns="jabber:client" to="locked@conference.meet.jitsi/abc"><x xmlns="http://jabber.org/protocol/muc"/></presence>`,
      `<iq xmlns="jabber:client" type="get" id="s" to="meet.jitsi"><services xmlns="urn:xmpp:extdisco:2"/></iq>`,
    );
    await raw.next('<not-authorized ');
    await raw.next('host="stun.test"');
  });

  it('is for pages of its own origin and of those it is told of, and for programs that name none', async () => {
    const sandbox = await start({
      conferenceRequest: 'http',
      origins: ['http://localhost:5173'],
      minParticipants: 1,
    });
    const member = await join(sandbox, 'Alice');
    await tellFeatures(member, mediaFeatures);
    const colibri = transportOf(jingleIn(await takeOffer(member)))?.webSocketUrls[0] ?? '';
    const statusOf = async (url: string, origin: string | undefined): Promise<number> => {
      const socket = new WebSocket(url, 'xmpp', origin === undefined ? {} : { origin });
      const [status] = await Promise.race([
        once(socket, 'open').then(() => [101]),
        once(socket, 'unexpected-response').then(([, response]: unknown[]) => [
          (response as IncomingMessage).statusCode,
        ]),
      ]);
      socket.on('error', () => {}).terminate();
      return status ?? 0;
    };
    const refusalOf = async (url: string, origin: string): Promise<string> => {
      const socket = new WebSocket(url, 'xmpp', { origin });
      const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
      const words = await text(response);
      socket.on('error', () => {}).terminate();
      return words;
    };
    const { port } = new URL(sandbox.url);
    const conferenceRequest = async (origin: string | undefined): Promise<number> => {
      const headers = origin === undefined ? {} : { origin };
      const body = JSON.stringify({ room: 'other@conference.meet.jitsi' });
      return (await fetch(`${sandbox.url}/conference-request/v1`, { method: 'POST', headers, body })).status;
    };
    const xmpp = `${sandbox.url.replace('http', 'ws')}${path}`;
    for (const origin of [undefined, sandbox.url, `http://localhost:${port}`, 'http://localhost:5173']) {
      expect([await statusOf(xmpp, origin), await statusOf(colibri, origin)]).toEqual([101, 101]);
      expect(await conferenceRequest(origin)).toBe(200);
    }
    for (const origin of ['http://evil.test', 'null', 'http://localhost:1', `https://localhost:${port}`]) {
      expect([await statusOf(xmpp, origin), await statusOf(colibri, origin)]).toEqual([403, 403]);
      expect(await conferenceRequest(origin)).toBe(403);
    }
    expect(await refusalOf(xmpp, 'http://evil.test')).toBe(
      'pages of the origin "http://evil.test" may not use this deployment; it can be told of them: origins, --origin',
    );
    await expect(createSandbox({ origins: ['localhost'] })).rejects.toMatchObject({ code: 'origin-invalid' });
  });

  it('keeps a participant whose connection drops, and lets them resume', async () => {
    const sandbox = await start();
    const alice = await join(sandbox, 'Alice');
    const token = /<enabled [^>]*id="(\w+)"/.exec(alice.raw.received.join(''))?.[1] ?? '';
    sandbox.faults.dropSocket(alice.nick);
    await alice.raw.closed;
    expect(sandbox.rooms.get('room')?.occupants).toHaveLength(2);
    const again = await RawSocket.open(sandbox.url, `${path}&previd=${token}`);
    again.send(open, auth, open, `<resume xmlns="urn:xmpp:sm:3" previd="${token}" h="0"/>`);
    expectXml(await again.next('<resumed '), `<resumed xmlns='urn:xmpp:sm:3' previd='${token}' h='2'/>`);
    expect(await again.next(`from="${room}/${alice.nick}"`)).toContain(`to="${alice.jid}"`);
  });

  it('ends all connections when closed, twice too, also of clients that do nothing', async () => {
    const sandbox = await start();
    const { raw } = await join(sandbox, 'Alice');
    const idle = await RawSocket.open(sandbox.url, path);
    await Promise.all([sandbox.close(), sandbox.close()]);
    expect(raw.received.join('')).toContain('<system-shutdown ');
    expect((await raw.closed).code).toBe(1000);
    await idle.closed;
    await expect(fetch(sandbox.url)).rejects.toThrow();
  });

  it('rejects when it cannot listen', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    await expect(createSandbox({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    taken.close();
  });
});

describe('the web server', () => {
  it('answers on all paths, a tenant’s too', async () => {
    const sandbox = await start();
    const get = async (
      path: string,
      init?: RequestInit,
    ): Promise<{ status: number; text: string; headers: Headers }> => {
      const response = await fetch(`${sandbox.url}${path}`, init);
      return { status: response.status, text: await response.text(), headers: response.headers };
    };
    expect(sandbox.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await get('/')).toMatchObject({ status: 200, text: expect.stringContaining(sandbox.url) });
    const config = await get('/config.js');
    expect(config.headers.get('content-type')).toMatch(/javascript/);
    expect(config.text).toContain(
      `config.websocket = '${sandbox.url.replace('http', 'ws')}/' + subdir + 'xmpp-websocket';`,
    );
    expect((await get('/acme/config.js')).text).toContain("var subdir = 'acme/';");
    const keepAlive = await get('/xmpp-websocket?room=room');
    expect(keepAlive.status).toBe(200);
    expect(keepAlive.headers.get('access-control-allow-origin')).toBe('*');
    expect(await get('/conference-request/v1', { method: 'POST', body: '{}' })).toMatchObject({
      status: 405,
    });
    for (const path of ['/nothing', '/a/b/config.js', '/colibri-ws/x', '/conference-request/v1']) {
      expect(await get(path)).toMatchObject({ status: 404 });
    }
  });

  it('says what a WebSocket is for', async () => {
    const sandbox = await start();
    expect((await RawSocket.open(sandbox.url, path)).subprotocol).toBe('xmpp');
    expect((await RawSocket.open(sandbox.url, '/acme/xmpp-websocket')).subprotocol).toBe('xmpp');
    const refused = async (path: string, protocols: string[]): Promise<unknown> => {
      const socket = new WebSocket(`${sandbox.url.replace('http', 'ws')}${path}`, protocols);
      const [error] = await once(socket, 'error');
      return String(error);
    };
    expect(await refused(path, [])).toContain('501');
    expect(await refused(path, ['chat'])).toContain('501');
    expect(await refused('/elsewhere', ['xmpp'])).toContain('404');
    expect(await refused('/colibri-ws/default-id/1/2?pwd=3', [])).toContain('403');
  });

  it('is where the client found it when it listens everywhere', async () => {
    const sandbox = await start({ host: '0.0.0.0' });
    const { port } = new URL(sandbox.url);
    const config = await (await fetch(`http://localhost:${port}/config.js`)).text();
    expect(config).toContain(`ws://localhost:${port}/`);
  });

  it('has TLS with a certificate for this machine', async () => {
    const sandbox = await start({ tls: true });
    const { port, protocol } = new URL(sandbox.url);
    expect(protocol).toBe('https:');
    const socket = connectTls({ host: '127.0.0.1', port: Number(port), rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    expect(socket.getPeerCertificate().subjectaltname).toBe(
      'DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1',
    );
    socket.destroy();
    const raw = await RawSocket.open(sandbox.url, path, { rejectUnauthorized: false });
    raw.send(open);
    await raw.next('<mechanism>ANONYMOUS');
  });
});

it('closes while somebody is connected who has not asked for anything', async () => {
  const sandbox = await createSandbox({ tls: true });
  const { port } = new URL(sandbox.url);
  const socket = connectTls({ host: '127.0.0.1', port: Number(port), rejectUnauthorized: false });
  socket.on('error', () => {});
  await once(socket, 'secureConnect');
  const closed = once(socket, 'close');
  await sandbox.close();
  await closed;
});

describe('the XMPP socket', () => {
  it.each([
    ['binary', Buffer.from(open), 1003, 'Only text frames are supported, RFC 7395 3.2'],
    ['text that is no element', ' <open/>', 1007, 'Invalid payload start character, RFC 7395 3.3.3'],
    ['nothing', '', 1007, 'Invalid payload start character, RFC 7395 3.3.3'],
    ['more than anybody sends', `<a>${'x'.repeat(2 ** 20)}</a>`, 1009, ''],
  ])('refuses %s', async (_, frame, code, reason) => {
    const sandbox = await start();
    const raw = await RawSocket.open(sandbox.url, path);
    raw.send(frame);
    expect(await raw.closed).toEqual({ code, reason });
  });

  it.each([
    ['an unknown host', [open.replace('meet.jitsi', 'elsewhere.test')], '<host-unknown '],
    ['a stanza before the stream', ['<presence xmlns="jabber:client"/>'], '<invalid-namespace '],
    ['a stanza without namespace', [open, auth, open, bind, '<presence/>'], '<unsupported-stanza-type '],
    ['ill-formed XML', [open, '<auth <'], '<not-well-formed '],
    ['a large frame', [open, `<a>${'x'.repeat(20_000)}</a>`], '<policy-violation '],
  ])('ends the stream after %s', async (_, frames, condition) => {
    const sandbox = await start();
    const raw = await RawSocket.open(sandbox.url, path);
    raw.send(...frames);
    await raw.next(condition);
    await raw.next('<close xmlns="urn:ietf:params:xml:ns:xmpp-framing" />');
    expect(await raw.closed).toEqual({ code: 1000, reason: 'Stream closed' });
  });

  it('answers a whole first flight', async () => {
    const sandbox = await start();
    const raw = await RawSocket.open(sandbox.url, path);
    raw.send(
      open,
      auth,
      open,
      bind,
      enable,
      `<iq xmlns="jabber:client" type="get" id="e" to="meet.jitsi"><services xmlns="urn:xmpp:extdisco:2"/></iq>`,
      `<iq xmlns="jabber:client" type="set" id="c" to="focus.meet.jitsi"><conference xmlns="http://jitsi.org/protocol/focus" room="${room}"/></iq>`,
      `<presence xmlns="jabber:client" to="${room}/abcdef01"><x xmlns="http://jabber.org/protocol/muc"/></presence>`,
    );
    await raw.next('ready="true"');
    const names = raw.received.map((frame) => /^<([\w:]+)/.exec(frame)?.[1]);
    expect(names.slice(0, 8)).toEqual(
      'open stream:features success open stream:features message iq enabled'.split(' '),
    );
  });
});
