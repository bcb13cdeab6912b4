/** Authorities of one's own and pinned keys, with real TLS servers: the page, the signalling and the bridge's WebSocket. */
import { X509Certificate } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { type Conference, join, joinRoom, type JoinOptions } from '../../../src/index.ts';
import { pinOf } from '../../../src/net/pinned-key.ts';
import { createCertificate } from '../../../src/sandbox/bridge/certificate.ts';
import { createSandbox, type Sandbox } from '../../../src/sandbox/index.ts';
import { startAlteringProxy } from '../../support/altering-proxy.ts';
import { nextEvent } from '../../support/next-event.ts';
import { shownCertificate } from '../../support/shown-certificate.ts';
import { waitFor } from '../../support/wait.ts';
import { serveTls } from '../../support/web-servers.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

interface Deployment {
  sandbox: Sandbox;
  ca: string;
  pin: string;
}

async function deployment(): Promise<Deployment> {
  const sandbox = await createSandbox({ tls: true, bridge: 'ws', conferenceRequest: 'http' });
  closing.push(() => sandbox.close());
  const ca = await shownCertificate(sandbox.url);
  return { sandbox, ca, pin: pinOf(new X509Certificate(ca)) };
}

async function kept(conference: Promise<Conference>): Promise<Conference> {
  const joined = await conference;
  closing.push(() => joined.leave());
  return joined;
}

/** Two in a room, and the channel of the first over the bridge's WebSocket. */
async function meet({ sandbox }: Deployment, options: JoinOptions): Promise<void> {
  const shared = { host: sandbox.url, room: 'room' };
  const first = await kept(join({ ...shared, ...options, bridge: 'ws' }));
  await kept(join({ ...shared, insecure: true }));
  await first.bridge.opened();
  expect(first.bridge.transport).toBe('ws');
}

const strangersPin = `sha256//${Buffer.alloc(32, 7).toString('base64')}`;

describe('an authority of one’s own', () => {
  it('is enough for everything', async () => {
    const made = await deployment();
    await meet(made, { ca: made.ca });
  });

  it('counts in place of all others', async () => {
    const { sandbox } = await deployment();
    const other = await createCertificate({ commonName: 'other', now: Date.now() });
    await expect(
      joinRoom({ host: sandbox.url, room: 'room', ca: other.certificatePem }),
    ).rejects.toMatchObject({ code: 'certificate-invalid', message: expect.stringContaining('ca') });
  });
});

describe('pinned keys', () => {
  it('are enough for everything, with an authority or without one', async () => {
    const made = await deployment();
    await meet(made, { ca: made.ca, pinnedKeys: [strangersPin, made.pin] });
    const selfSigned = await deployment();
    await meet(selfSigned, { insecure: true, pinnedKeys: [selfSigned.pin] });
  });

  it.each([
    ['with an authority', (made: Deployment) => ({ ca: made.ca })],
    ['without a check of certificates', () => ({ insecure: true })],
  ])('end the join where the server has none of them, %s, and show the one it has', async (_, trust) => {
    const made = await deployment();
    const { sandbox, pin } = made;
    const joining = joinRoom({ host: sandbox.url, room: 'room', pinnedKeys: [strangersPin], ...trust(made) });
    await expect(joining).rejects.toMatchObject({
      kind: 'connection',
      code: 'pin-mismatch',
      retryable: false,
      message: expect.stringContaining(pin),
    });
    expect(sandbox.rooms.size).toBe(0);
  });

  it('replace no check of certificates', async () => {
    const { sandbox, pin } = await deployment();
    await expect(joinRoom({ host: sandbox.url, room: 'room', pinnedKeys: [pin] })).rejects.toMatchObject({
      code: 'certificate-invalid',
    });
  });

  it('are asked of a page before it is told anything', async () => {
    let requests = 0;
    const page = await serveTls((_, response) => {
      requests += 1;
      response.end();
    });
    closing.push(() => page.close());
    await expect(
      joinRoom({
        host: page.origin,
        room: 'room',
        insecure: true,
        token: 'secret',
        pinnedKeys: [strangersPin],
      }),
    ).rejects.toMatchObject({ code: 'pin-mismatch' });
    expect(requests).toBe(0);
  });

  it('are asked of the bridge too', async () => {
    const made = await deployment();
    const elsewhere = await deployment();
    const { host } = new URL(elsewhere.sandbox.url);
    const middle = await createCertificate({
      commonName: 'middle',
      altNames: ['127.0.0.1'],
      now: Date.now(),
    });
    const proxy = await startAlteringProxy(
      `${made.sandbox.url.replace('http', 'ws')}/xmpp-websocket`,
      (frame) => frame.replaceAll(/wss:\/\/[^/"]*\/colibri-ws/g, `wss://${host}/colibri-ws`),
      { cert: middle.certificatePem, key: middle.privateKeyPem },
    );
    closing.push(() => proxy.close());
    const shared = { host: made.sandbox.url, room: 'room' };
    const first = await kept(
      join({
        ...shared,
        websocket: proxy.url,
        bridge: 'ws',
        insecure: true,
        pinnedKeys: [made.pin, pinOf(new X509Certificate(middle.certificatePem))],
      }),
    );
    const warned = nextEvent(first, 'warning');
    await kept(join({ ...shared, insecure: true }));
    expect((await warned).error.message).toContain(elsewhere.pin);
    await waitFor(() => first.session?.state === 'active', { what: 'the session, without a channel' });
    expect(first.bridge.state).not.toBe('open');
  });
});

describe('what cannot be kept is refused', () => {
  it.each<[string, JoinOptions, string]>([
    ['pins that are none', { pinnedKeys: ['abc'] }, 'pin-invalid'],
    ['an authority that is none', { ca: 'abc' }, 'ca-invalid'],
    ['a proxy that is none', { proxy: 'socks5://127.0.0.1' }, 'proxy-invalid'],
    ['pins with a fetch', { fetch, pinnedKeys: [strangersPin] }, 'trust-conflict'],
    ['a proxy with a fetch', { fetch, proxy: 'http://127.0.0.1:1' }, 'trust-conflict'],
    ['pins without TLS', { host: 'http://meet.test', pinnedKeys: [strangersPin] }, 'trust-conflict'],
  ])('%s', async (_, options, code) => {
    await expect(joinRoom({ host: 'meet.test', room: 'room', ...options })).rejects.toMatchObject({
      kind: 'usage',
      code,
    });
  });
});
