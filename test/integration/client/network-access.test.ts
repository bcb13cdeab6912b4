/** As whom, and by which way, a conference's HTTP requests and WebSockets go out: seen by a proxy in the middle. */
import https from 'node:https';
import { afterEach, describe, expect, it } from 'vitest';
import { type Conference, join, joinRoom, type JoinOptions } from '../../../src/index.ts';
import { createSandbox, type Sandbox, type SandboxOptions } from '../../../src/sandbox/index.ts';
import {
  type ConnectProxy,
  HttpsTunnelAgent,
  HttpTunnelAgent,
  startConnectProxy,
} from '../../support/connect-proxy.ts';
import { shownCertificate } from '../../support/shown-certificate.ts';
import { waitFor } from '../../support/wait.ts';
import { serve } from '../../support/web-servers.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function sandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const made = await createSandbox(options);
  closing.push(() => made.close());
  return made;
}

async function proxy(forbids?: (head: string) => boolean): Promise<ConnectProxy> {
  const made = await startConnectProxy(forbids);
  closing.push(() => made.close());
  return made;
}

async function kept(conference: Promise<Conference>): Promise<Conference> {
  const joined = await conference;
  closing.push(() => joined.leave());
  return joined;
}

/** Two in a room, which makes it a conference with a bridge; by what goes out of the first. */
async function meet(host: string, options: JoinOptions): Promise<Conference> {
  const first = await kept(join({ host, room: 'standup', useKnownConfig: false, ...options }));
  await kept(join({ host, room: 'standup', insecure: true }));
  await waitFor(() => first.bridge.state === 'open', { what: 'the bridge channel' });
  return first;
}

/** `GET /config.js: Origin, User-Agent` */
function told(heads: readonly string[]): string[] {
  return heads.map((head) => {
    const [, method, path] = /^(\S+) (\/[^?/ ]*)/.exec(head) ?? [];
    const field = (name: string): string =>
      new RegExp(`^${name}: (.*?)\r$`, 'im').exec(head)?.[1] ?? `no ${name}`;
    return `${method} ${path}: ${field('origin')}, ${field('user-agent')}`;
  });
}

/** As a server or a proxy has it that knows its own page (Prosody's `cross_domain_websocket`, ejabberd's `websocket_origin`). */
const forbidsOthers =
  (origin: () => string) =>
  (head: string): boolean =>
    /^upgrade: websocket\r$/im.test(head) &&
    !head.includes(`\r\nOrigin: ${origin()}\r\n`) &&
    !head.includes(`\r\norigin: ${origin()}\r\n`);

describe('as a browser on the page', () => {
  it('says its origin to every WebSocket and POST, and to its own page not (case 04-no-origin)', async () => {
    const deployment = await sandbox({ bridge: 'ws', conferenceRequest: 'http' });
    const origin = deployment.url;
    const { port, heads } = await proxy(forbidsOthers(() => origin));
    const agent = new HttpTunnelAgent(port);
    await meet(origin, { agent });
    const userAgent = 'Mozilla/5.0 (compatible; jitsi-headless)';
    expect(new Set(told(heads))).toEqual(
      new Set([
        `GET /config.js: no origin, ${userAgent}`,
        `POST /conference-request: ${origin}, ${userAgent}`,
        `GET /xmpp-websocket: ${origin}, ${userAgent}`,
        `GET /colibri-ws: ${origin}, ${userAgent}`,
      ]),
    );
  });

  it('is refused where it is another page than the server wants', async () => {
    const deployment = await sandbox();
    const { port } = await proxy(forbidsOthers(() => 'https://elsewhere.test'));
    await expect(
      joinRoom({ host: deployment.url, room: 'standup', agent: new HttpTunnelAgent(port) }),
    ).rejects.toMatchObject({ code: 'websocket-refused', message: expect.stringContaining('403') });
  });

  it('is told what to do about it, from a page that the sandbox was not told of', async () => {
    const deployment = await sandbox();
    const config = `var config = { websocket: '${deployment.url.replace('http', 'ws')}/xmpp-websocket' };`;
    const page = await serve((_, response) => response.end(config));
    closing.push(() => page.close());
    await expect(
      joinRoom({ host: page.origin, room: 'standup', transport: 'websocket' }),
    ).rejects.toMatchObject({
      code: 'websocket-refused',
      message: expect.stringContaining(`the origin that it was told, ${page.origin}: join by the address`),
    });
  });

  it('calls itself as it is told', async () => {
    const deployment = await sandbox();
    const { port, heads } = await proxy();
    const agent = new HttpTunnelAgent(port);
    await kept(
      joinRoom({ host: deployment.url, room: 'standup', agent, userAgent: 'robot/7 (+https://robot.test)' }),
    );
    expect(heads.length).toBeGreaterThan(1);
    for (const line of told(heads)) expect(line).toMatch(/robot\/7 \(\+https:\/\/robot\.test\)$/);
  });

  it.each(['', ' x', 'x\r\ncookie: y', 'ä', 'x\n'])('refuses %j as a name', async (userAgent) => {
    await expect(joinRoom('https://meet.test/standup', { userAgent })).rejects.toMatchObject({
      kind: 'usage',
      code: 'user-agent-invalid',
    });
  });
});

describe('by an agent', () => {
  it('goes through a proxy with all of the signalling and the bridge channel, for this conference alone', async () => {
    const deployment = await sandbox({ tls: true, bridge: 'ws', conferenceRequest: 'http' });
    const ca = await shownCertificate(deployment.url);
    const { port, targets } = await proxy();
    const agent = new HttpsTunnelAgent(port, { ca });
    await meet(deployment.url, { agent });
    // config.js, the XMPP WebSocket, the conference request and the bridge's WebSocket; the other participant goes its own way.
    expect(targets).toHaveLength(4);
    expect(new Set(targets)).toEqual(new Set([new URL(deployment.url).host]));
  });

  it('takes the certificates that it brings, and no other', async () => {
    const deployment = await sandbox({ tls: true });
    const agent = new https.Agent({ ca: await shownCertificate(deployment.url) });
    await kept(joinRoom({ host: deployment.url, room: 'standup', agent }));
    await expect(joinRoom({ host: deployment.url, room: 'standup' })).rejects.toMatchObject({
      code: 'certificate-invalid',
    });
    const stranger = await sandbox({ tls: true });
    await expect(joinRoom({ host: stranger.url, room: 'standup', agent })).rejects.toMatchObject({
      code: 'certificate-invalid',
    });
  });

  it('says what is wrong with a proxy that is not there', async () => {
    const gone = await startConnectProxy();
    await gone.close();
    await expect(
      joinRoom({ host: 'http://meet.test', room: 'standup', agent: new HttpTunnelAgent(gone.port) }),
    ).rejects.toMatchObject({ code: 'connection-refused' });
  });
});

describe('by a fetch', () => {
  it('asks for everything that is HTTP', async () => {
    const deployment = await sandbox({ conferenceRequest: 'http' });
    const asked: string[] = [];
    const counting: typeof fetch = (input, init) => {
      asked.push(`${init?.method} ${new URL(new Request(input).url).pathname}`);
      return fetch(input, init);
    };
    await kept(joinRoom({ host: deployment.url, room: 'standup', fetch: counting }));
    expect(asked).toEqual(['GET /config.js', 'POST /conference-request/v1']);
  });
});
