/** The one part with real sockets, on the loopback interface. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/base/clock.ts';
import { type LogLevel, type Logger, silentLogger } from '../../../../src/base/logger.ts';
import { systemRandom } from '../../../../src/base/random.ts';
import type { Bridge, EndpointRequest } from '../../../../src/sandbox/bridge/bridge.ts';
import { createMediaBridge, type MediaBridgeOptions } from '../../../../src/sandbox/bridge/media-bridge.ts';

let bridge: Bridge | undefined;
afterEach(() => bridge?.close());

function open(mode: MediaBridgeOptions['mode'], logger: Logger = silentLogger): Bridge {
  bridge = createMediaBridge({
    mode,
    webSocketBase: () => 'ws://127.0.0.1:8080',
    clock: systemClock,
    random: systemRandom,
    logger,
  });
  return bridge;
}

function request(id: string, sctp = true): EndpointRequest {
  return { id, descriptions: [], sctp, ssrcRewriting: false };
}

/** Takes the port, if it is free. */
async function take(port: number): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind(port, '127.0.0.1');
  try {
    await once(socket, 'listening');
  } catch (error) {
    socket.close();
    throw error;
  }
  return socket;
}

describe('an allocated transport', () => {
  it('has a UDP port that is really ours, until the endpoint expires', async () => {
    const endpoint = await open('both').createConference().allocate(request('aaaaaaaa'));
    const [candidate] = endpoint.transport.candidates;
    expect(candidate).toMatchObject({
      ip: '127.0.0.1',
      protocol: 'udp',
      type: 'host',
      component: 1,
      generation: 0,
    });
    await expect(take(candidate?.port ?? 0)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    endpoint.expire();
    endpoint.expire();
    await bridge?.close();
    (await take(candidate?.port ?? 0)).close();
  });

  it('has credentials and ports of its own and the certificate of the bridge', async () => {
    const conference = open('ws').createConference();
    const transports = await Promise.all(
      ['aaaaaaaa', 'bbbbbbbb'].map(async (id) => (await conference.allocate(request(id))).transport),
    );
    for (const part of ['ufrag', 'pwd'] as const)
      expect(new Set(transports.map((one) => one[part])).size).toBe(2);
    expect(new Set(transports.map(({ candidates }) => candidates[0]?.port)).size).toBe(2);
    // RFC 8445, 5.3: at least 24 and 128 bits.
    expect(transports[0]?.ufrag).toMatch(/^[A-Za-z0-9+/]{4,}$/);
    expect(transports[0]?.pwd).toMatch(/^[A-Za-z0-9+/]{22,}$/);
    const [fingerprint] = transports[0]?.fingerprints ?? [];
    expect(fingerprint).toMatchObject({ hash: 'sha-256', setup: 'actpass' });
    expect(fingerprint?.value).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    expect(transports[1]?.fingerprints[0]).toEqual(fingerprint);
  });

  it.each([
    ['ws', 1, false],
    ['sctp', 0, true],
    ['both', 1, true],
  ] as const)('offers the channels of mode %s', async (mode, sockets, sctp) => {
    const conference = open(mode).createConference();
    const { transport } = await conference.allocate(request('aaaaaaaa'));
    expect(transport.webSocketUrls).toHaveLength(sockets);
    for (const url of transport.webSocketUrls) {
      expect(url).toMatch(
        new RegExp(
          `^ws://127.0.0.1:8080/colibri-ws/default-id/${conference.id}/aaaaaaaa\\?pwd=[a-z0-9]{24}$`,
        ),
      );
    }
    expect(transport.sctp).toEqual(
      sctp ? { port: 5000, protocol: 'webrtc-datachannel', streams: 1024 } : undefined,
    );
  });

  it('has no SCTP for an endpoint that cannot do it', async () => {
    const endpoint = await open('both').createConference().allocate(request('aaaaaaaa', false));
    expect(endpoint.transport.sctp).toBeUndefined();
  });

  it('has no new credentials to give: there never is an ICE connection', async () => {
    const endpoint = await open('both').createConference().allocate(request('aaaaaaaa'));
    await expect(endpoint.restartIce()).resolves.toBeUndefined();
  });
});

describe('an answer', () => {
  it.each([
    ['without a DTLS role', 'actpass', 1],
    ['with one', 'active', 0],
  ] as const)('%s is noticed', async (_, setup, warnings) => {
    const seen: LogLevel[] = [];
    const logger: Logger = { log: (level) => void seen.push(level), child: () => logger };
    const endpoint = await open('both', logger).createConference().allocate(request('aaaaaaaa'));
    endpoint.setRemoteTransport({
      ufrag: 'abcd',
      pwd: 'abcdefghijklmnopqrstuv',
      rtcpMux: true,
      fingerprints: [{ hash: 'sha-256', value: Array(32).fill('AB').join(':'), setup }],
      candidates: [],
      webSocketUrls: [],
    });
    expect(seen.filter((level) => level === 'warn')).toHaveLength(warnings);
  });
});

describe('a conference', () => {
  it('has an id and placeholders of its own', () => {
    const [first, second] = [open('both').createConference(), open('both').createConference()];
    expect(first.id).toMatch(/^[0-9a-f]{16}$/);
    expect(first.id).not.toBe(second.id);
    expect(
      first.sources.sources.map(({ mediaType, msid, name, owner }) => [owner, mediaType, name, msid]),
    ).toEqual([
      ['jvb', 'audio', 'jvb-a0', 'mixedmslabel mixedlabelaudio0'],
      ['jvb', 'video', 'jvb-v0', 'mixedmslabel mixedlabelvideo0'],
    ]);
    expect(new Set([...first.sources.sources, ...second.sources.sources].map(({ ssrc }) => ssrc)).size).toBe(
      4,
    );
  });

  it('that is closed frees its ports, and allocates no more', async () => {
    const conference = open('both').createConference();
    const { transport } = await conference.allocate(request('aaaaaaaa'));
    const late = conference.allocate(request('bbbbbbbb'));
    await conference.close();
    await expect(late).rejects.toMatchObject({ code: 'bridge-closed' });
    (await take(transport.candidates[0]?.port ?? 0)).close();
  });
});
