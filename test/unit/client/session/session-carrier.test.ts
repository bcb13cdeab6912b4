import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../../../src/base/logger.ts';
import type { CarriedSession } from '../../../../src/client/session/carried-session.ts';
import { type CarrierPorts, SessionCarrier } from '../../../../src/client/session/session-carrier.ts';
import type { BridgeChannelPreference } from '../../../../src/jitsi/deployment.ts';
import type { W3cPeerConnection } from '../../../../src/rtc/w3c-peer-connection.ts';

const urls = ['wss://one.example/colibri-ws/a/b/c?pwd=1', 'wss://two.example/colibri-ws/a/b/c?pwd=1'];

/** The routes of a session that offers these, in words. */
function routes(
  webSocketUrls: readonly string[],
  preference: BridgeChannelPreference | undefined,
  choice: 'auto' | 'ws' | 'sctp' = 'auto',
  hasSctp = true,
): string[] {
  const session = {
    sid: 's',
    state: 'offered',
    transport: { rtcpMux: true, fingerprints: [], candidates: [], webSocketUrls },
    sctpPort: hasSctp ? 5000 : undefined,
  } as unknown as CarriedSession;
  const carrier = new SessionCarrier(session, {
    logger: silentLogger,
    access: { insecure: false },
    isPlain: () => false,
    channelPreference: () => preference,
    onEnded: () => () => {},
    onRemoteTransport: () => () => {},
  } as Partial<CarrierPorts> as CarrierPorts);
  const pc = { createDataChannel: () => ({ addEventListener() {} }) } as unknown as W3cPeerConnection;
  if (hasSctp) carrier.prepare(pc);
  return carrier.routes(choice).map(({ kind, name }) => (kind === 'sctp' ? 'sctp' : new URL(name).hostname));
}

describe('the ways to the bridge', () => {
  it.each<[string, BridgeChannelPreference | undefined, string[]]>([
    ['nothing is said', undefined, ['one.example', 'two.example', 'sctp']],
    ['SCTP is not preferred', { preferSctp: false }, ['one.example', 'two.example', 'sctp']],
    ['SCTP is preferred', { preferSctp: true }, ['sctp', 'one.example', 'two.example']],
    [
      'one host is ignored',
      { preferSctp: false, ignoreDomain: 'one.example' },
      ['two.example', 'sctp', 'one.example'],
    ],
    [
      'one host is ignored and SCTP preferred',
      { preferSctp: true, ignoreDomain: 'one.example' },
      ['sctp', 'two.example', 'one.example'],
    ],
    [
      'another host is ignored',
      { preferSctp: false, ignoreDomain: 'three.example' },
      ['one.example', 'two.example', 'sctp'],
    ],
  ])('where %s', (_, preference, expected) => {
    expect(routes(urls, preference)).toEqual(expected);
  });

  it('are what the caller chose, whatever config.js says', () => {
    expect(routes(urls, { preferSctp: true }, 'ws')).toEqual(['one.example', 'two.example']);
    expect(routes(urls, { preferSctp: false }, 'sctp')).toEqual(['sctp']);
  });

  it('begin with the data channel where the only WebSocket is of an ignored host', () => {
    const preference = { preferSctp: false, ignoreDomain: 'one.example' };
    expect(routes(urls.slice(0, 1), preference)).toEqual(['sctp', 'one.example']);
    expect(routes(urls.slice(0, 1), preference, 'auto', false)).toEqual(['one.example']);
  });

  it('leave out what is no URL, and what has no TLS where the deployment has', () => {
    expect(routes(['wss:', 'not a url', 'ws://one.example/', ...urls], undefined, 'ws')).toEqual([
      'one.example',
      'two.example',
    ]);
  });
});
