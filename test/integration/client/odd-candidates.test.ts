/** Bridges whose addresses are of IPv6, and candidates that nobody can use: neither may end a session, nor make it wait. */
import { afterEach, describe, expect, it } from 'vitest';
import { type Conference, join, type JoinOptions } from '../../../src/index.ts';
import { createSandbox, type Sandbox } from '../../../src/sandbox/index.ts';
import { startAlteringProxy } from '../../support/altering-proxy.ts';
import { nextEvent } from '../../support/next-event.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function sandbox(host: string): Promise<Sandbox> {
  const made = await createSandbox({ host, bridge: 'sctp' });
  closing.push(() => made.close());
  return made;
}

async function kept(conference: Promise<Conference>): Promise<Conference> {
  const joined = await conference;
  closing.push(() => joined.leave());
  return joined;
}

const engines: [string, Partial<JoinOptions>][] = [
  ['werift', {}],
  ['node-datachannel', { engine: 'node-datachannel', media: false }],
];

describe.each(engines)('%s', (_, options) => {
  it('reaches a bridge over IPv6', async () => {
    const { url } = await sandbox('::1');
    const first = await kept(join({ host: url, room: 'room', ...options }));
    const connected = nextEvent(first, 'transportConnected');
    const second = await kept(join({ host: url, room: 'room' }));
    const { candidatePair } = await connected;
    expect([candidatePair.local, candidatePair.remote]).toMatchObject([
      { type: 'host', ip: '::1' },
      { type: 'host', ip: '::1' },
    ]);
    await Promise.all([first.bridge.opened(), second.bridge.opened()]);
  });

  it('passes over candidates of TCP, of mDNS names, and of other things', async () => {
    const odd = [
      ['tcp', '127.0.0.1', 4443, 'host', ' tcptype="passive"'],
      ['ssltcp', '127.0.0.1', 443, 'host', ''],
      ['udp', 'f3b0c6a2-6d2e-4a6e-9c1a-0a1b2c3d4e5f.local', 10000, 'host', ''],
      ['udp', 'bridge.invalid', 10000, 'host', ''],
      ['udp', '2001:db8::1', 10000, 'host', ''],
      ['udp', '192.0.2.1', 10000, 'srflx', ' rel-addr="x.local" rel-port="1"'],
      ['udp', '0.0.0.0', 0, 'host', ''],
    ].map(
      ([protocol, ip, port, type, more], index) =>
        `<candidate component="1" foundation="${index}" generation="0" id="odd${index}" network="0" priority="2130706431" protocol="${protocol}" ip="${ip}" port="${port}" type="${type}"${more}/>`,
    );
    const deployment = await sandbox('127.0.0.1');
    const { close, url: websocket } = await startAlteringProxy(
      `${deployment.url.replace('http', 'ws')}/xmpp-websocket`,
      (frame) => frame.replaceAll(/<candidate\b/g, `${odd.join('')}<candidate`),
    );
    closing.push(close);
    const host = deployment.url;
    const first = await kept(join({ host, room: 'room', websocket, ...options }));
    const warnings: string[] = [];
    first.on('warning', ({ error }) => warnings.push(error.message));
    const connected = nextEvent(first, 'transportConnected');
    await kept(join({ host, room: 'room' }));
    expect((await connected).candidatePair.remote).toMatchObject({ type: 'host', ip: '127.0.0.1' });
    await first.bridge.opened();
    expect(warnings).toEqual([]);
    expect(first.session?.transport?.candidates.length).toBeGreaterThan(1);
  });
});
