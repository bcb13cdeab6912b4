import { describe, expect, it } from 'vitest';
import { type SessionFacts, sessionInfo } from '../../../../src/cli/visit/session-info.ts';
import type { Deployment } from '../../../../src/jitsi/deployment.ts';
import { participant } from '../participant.ts';

const conference = {
  room: 'standup',
  nick: 'bot',
  jid: 'u@meet.example/r',
  roomJid: 'standup@muc.meet.example',
  endpointId: 'aaaa',
  deployment: undefined,
  serverAuth: undefined,
  participants: new Map([['bbbb', participant('bbbb', { displayName: 'Bob', handRaisedAt: 5 })]]),
};

const session: SessionFacts = {
  iceServers: [{ urls: 'stun:stun.example' }],
  sid: 's1',
  initiator: 'focus@auth.meet.example/focus',
  sdp: 'v=0\r\n',
  transport: {
    ufrag: 'u',
    pwd: 'p',
    rtcpMux: true,
    fingerprints: [{ hash: 'sha-256', value: 'AA:BB', setup: 'actpass' }],
    candidates: [],
    webSocketUrls: [],
  },
  sources: [{ ssrc: 1, mediaType: 'audio' }],
  ssrcGroups: [{ semantics: 'FID', ssrcs: [1, 2], mediaType: 'video' }],
  colibriWs: 'wss://meet.example/colibri-ws/a/b/c?pwd=d',
  sctpPort: 5000,
};

describe('what info prints', () => {
  it('has every field, null where there is nothing to say', () => {
    expect(sessionInfo('https://meet.example', conference, session)).toEqual({
      host: 'meet.example',
      room: 'standup',
      nick: 'bot',
      jid: 'u@meet.example/r',
      roomJid: 'standup@muc.meet.example',
      mucDomain: 'muc.meet.example',
      focusJid: 'standup@muc.meet.example/focus',
      endpointId: 'aaaa',
      iceServers: [{ urls: 'stun:stun.example' }],
      sid: 's1',
      initiator: 'focus@auth.meet.example/focus',
      sdp: 'v=0\r\n',
      ice: { ufrag: 'u', pwd: 'p', fingerprint: 'sha-256 AA:BB', setup: 'actpass', candidates: [] },
      sources: [{ ssrc: 1, owner: null, name: null, mediaType: 'audio', msid: null, videoType: null }],
      ssrcGroups: [{ semantics: 'FID', ssrcs: [1, 2], mediaType: 'video', owner: null }],
      bridge: { transport: 'ws', colibriWs: 'wss://meet.example/colibri-ws/a/b/c?pwd=d', sctpPort: 5000 },
      participants: [
        {
          id: 'bbbb',
          displayName: 'Bob',
          role: 'participant',
          affiliation: 'none',
          audioMuted: true,
          videoMuted: true,
          handRaised: true,
          codecs: [],
        },
      ],
      serverAuth: null,
    });
  });

  it('names a host so that --host takes it', () => {
    expect(sessionInfo('http://127.0.0.1:8080', conference, session).host).toBe('http://127.0.0.1:8080');
  });

  it('chooses the channel to the bridge', () => {
    const bridgeOf = (facts: object): unknown =>
      sessionInfo('https://h', conference, { ...session, ...facts }).bridge;
    expect(bridgeOf({ colibriWs: undefined })).toEqual({
      transport: 'sctp',
      colibriWs: null,
      sctpPort: 5000,
    });
    expect(bridgeOf({ colibriWs: undefined, sctpPort: undefined })).toMatchObject({ transport: null });
    expect(bridgeOf({ sctpPort: undefined })).toMatchObject({ transport: 'ws', sctpPort: null });
  });

  it.each([
    [{ preferSctp: false }, 'ws'],
    [{ preferSctp: true }, 'sctp'],
    [{ preferSctp: false, ignoreDomain: 'meet.example' }, 'sctp'],
    [{ preferSctp: false, ignoreDomain: 'other.example' }, 'ws'],
  ])('chooses it as config.js says: %j', (bridgeChannel, transport) => {
    const deployment = { bridgeChannel } as Deployment;
    const info = sessionInfo('https://h', { ...conference, deployment }, session);
    expect(info.bridge.transport).toBe(transport);
  });

  it('does without a transport', () => {
    const { ice } = sessionInfo('https://h', conference, { ...session, transport: undefined });
    expect(ice).toEqual({ ufrag: null, pwd: null, fingerprint: null, setup: null, candidates: [] });
  });
});
