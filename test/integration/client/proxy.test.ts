/** Through a proxy that the caller names: what goes through it, and what is said when it does not let us. */
import { afterEach, describe, expect, it } from 'vitest';
import { type Conference, join, joinRoom, type JoinOptions } from '../../../src/index.ts';
import { createCertificate } from '../../../src/sandbox/bridge/certificate.ts';
import { createSandbox, type Sandbox, type SandboxOptions } from '../../../src/sandbox/index.ts';
import {
  type ConnectProxy,
  type ConnectProxyOptions,
  startConnectProxy,
} from '../../support/connect-proxy.ts';
import { shownCertificate } from '../../support/shown-certificate.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function sandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const made = await createSandbox(options);
  closing.push(() => made.close());
  return made;
}

async function proxy(options: ConnectProxyOptions = {}): Promise<ConnectProxy> {
  const made = await startConnectProxy(undefined, options);
  closing.push(() => made.close());
  return made;
}

async function kept(conference: Promise<Conference>): Promise<Conference> {
  const joined = await conference;
  closing.push(() => joined.leave());
  return joined;
}

async function meet(host: string, options: JoinOptions): Promise<Conference> {
  const first = await kept(join({ host, room: 'room', bridge: 'ws', ...options }));
  await kept(join({ host, room: 'room', insecure: true }));
  await first.bridge.opened();
  return first;
}

describe('by a proxy', () => {
  it('go the page, the signalling, the conference request and the bridge channel, with TLS', async () => {
    const deployment = await sandbox({ tls: true, bridge: 'ws', conferenceRequest: 'http' });
    const { port, targets } = await proxy({ login: 'user:p@ss' });
    const ca = await shownCertificate(deployment.url);
    await meet(deployment.url, { proxy: `http://user:p%40ss@127.0.0.1:${port}`, ca });
    // The page and the signalling may be on one connection; the bridge's and that are two at least.
    expect(targets.length).toBeGreaterThanOrEqual(2);
    expect(new Set(targets)).toEqual(new Set([new URL(deployment.url).host]));
  });

  it('goes all of it: a deployment that can be reached in no other way', async () => {
    const deployment = await sandbox({ bridge: 'ws', conferenceRequest: 'http', origins: ['*'] });
    const { hostname, port: upstreamPort, host } = new URL(deployment.url);
    const { port, targets } = await proxy({ upstream: { host: hostname, port: Number(upstreamPort) } });
    const room = 'room';
    const first = await kept(
      join({ host: 'http://nowhere.invalid', room, bridge: 'ws', proxy: `http://127.0.0.1:${port}` }),
    );
    await kept(join({ host: deployment.url, room }));
    await first.bridge.opened();
    expect(new Set(targets)).toEqual(new Set(['nowhere.invalid:80', host]));
  });

  it('with TLS of its own', async () => {
    const { certificatePem: cert, privateKeyPem: key } = await createCertificate({
      commonName: 'proxy',
      altNames: ['127.0.0.1'],
      now: Date.now(),
    });
    const deployment = await sandbox();
    const { port, targets } = await proxy({ tls: { cert, key } });
    const options = { host: deployment.url, room: 'room', proxy: `https://127.0.0.1:${port}` };
    await expect(joinRoom(options)).rejects.toMatchObject({ code: 'certificate-invalid' });
    await kept(joinRoom({ ...options, ca: cert }));
    expect(new Set(targets)).toEqual(new Set([new URL(deployment.url).host]));
  });
});

describe('a proxy that does not let us', () => {
  const secret = 'geheim-1234';

  /** The error, and everything that was logged. */
  async function failure(options: Partial<JoinOptions>): Promise<{ error: unknown; logged: string }> {
    const lines: string[] = [];
    const log = (level: string, message: string, fields?: unknown): void =>
      void lines.push(JSON.stringify([level, message, fields]));
    const logger = { log, child: () => logger };
    const error: unknown = await joinRoom({
      host: 'https://meet.test',
      room: 'room',
      logger,
      wire: (entry) => lines.push(JSON.stringify(entry)),
      ...options,
    }).catch((reason: unknown) => reason);
    return { error, logged: lines.join('\n') };
  }

  it.each<[string, ConnectProxyOptions, (port: number) => string, object]>([
    [
      'wants a password',
      { login: 'user:other' },
      (port) => `http://127.0.0.1:${port}`,
      {
        code: 'proxy-refused',
        retryable: false,
        message: expect.stringMatching(/407; it wants a user and a password/),
      },
    ],
    [
      'wants another one',
      { login: 'user:other' },
      (port) => `http://user:${secret}@127.0.0.1:${port}`,
      {
        code: 'proxy-refused',
        message: expect.stringMatching(/407; it does not take this user and password/),
      },
    ],
    [
      'forbids it',
      { answer: 403 },
      (port) => `http://user:${secret}@127.0.0.1:${port}`,
      { code: 'proxy-refused', retryable: false, message: expect.stringContaining('HTTP status 403') },
    ],
    [
      'does not find it',
      { answer: 502 },
      (port) => `http://127.0.0.1:${port}`,
      { code: 'proxy-refused', retryable: true },
    ],
    [
      'never answers',
      { answer: 'nothing' },
      (port) => `http://user:${secret}@127.0.0.1:${port}`,
      { code: 'proxy-timeout', retryable: true },
    ],
  ])('because it %s', async (_, options, address, expected) => {
    const { port } = await proxy(options);
    const { error, logged } = await failure({ proxy: address(port) });
    expect(error).toMatchObject({ kind: 'connection', ...expected });
    const { message, stack } = error as Error;
    expect(message).toContain(`the proxy http://127.0.0.1:${port}/ for a connection to meet.test:443`);
    for (const text of [message, stack, logged, JSON.stringify(error), String((error as Error).cause)]) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain(Buffer.from(`user:${secret}`).toString('base64'));
    }
  });

  it('because it is not there', async () => {
    const gone = await startConnectProxy();
    await gone.close();
    const { error } = await failure({ proxy: `http://127.0.0.1:${gone.port}` });
    expect(error).toMatchObject({
      code: 'connection-refused',
      message: expect.stringContaining(`the proxy http://127.0.0.1:${gone.port}/`),
    });
  });

  it('is left at once when the join is given up', async () => {
    const { port, targets } = await proxy({ answer: 'nothing' });
    const giveUp = new AbortController();
    const joining = failure({ proxy: `http://127.0.0.1:${port}`, signal: giveUp.signal });
    while (targets.length === 0) await new Promise((resolve) => setImmediate(resolve));
    giveUp.abort(new Error('enough'));
    expect((await joining).error).toMatchObject({ message: 'enough' });
  });
});
