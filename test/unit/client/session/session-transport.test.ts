import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../../../src/base/logger.ts';
import type { CarriedMedia, CarriedSession } from '../../../../src/client/session/carried-session.ts';
import { SessionTransport } from '../../../../src/client/session/session-transport.ts';
import type { IceCandidate, IceTransport, JingleMessage, SourceSet } from '../../../../src/jingle/model.ts';
import type {
  PeerTransport,
  PeerTransportEngine,
  PeerTransportHandlers,
} from '../../../../src/rtc/peer-transport.ts';
import { withResolvers } from '../../../../src/base/resolvers.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const local: IceTransport = {
  ufrag: 'ours',
  pwd: 'ours',
  rtcpMux: true,
  fingerprints: [{ hash: 'sha-256', value: '00', setup: 'active' }],
  candidates: [],
  webSocketUrls: [],
};
const candidate: IceCandidate = {
  foundation: '1',
  component: 1,
  protocol: 'udp',
  priority: 1,
  ip: '192.0.2.7',
  port: 7,
  type: 'srflx',
  generation: 0,
};
const ours: SourceSet = { sources: [{ ssrc: 7, mediaType: 'audio', name: 'me-a0' }], groups: [] };

class Rig {
  readonly clock = new ManualClock();
  readonly calls: string[] = [];
  readonly history = { hasConnected: false };
  readonly looking = withResolvers();
  handlers: PeerTransportHandlers | undefined;
  accepted: JingleMessage | undefined;
  media: CarriedMedia | undefined = {
    sources: ours,
    transportChanged: () => {},
  };
  readonly transport = {
    local,
    look: (_: unknown, patience: number) => {
      this.calls.push(`look ${patience}`);
      return this.looking.promise;
    },
    connect: () => this.calls.push('connect'),
    close: () => Promise.resolve(),
  } as unknown as PeerTransport;
  readonly engine: PeerTransportEngine = {
    name: 'werift',
    create: (_, handlers) => {
      this.handlers = handlers;
      return Promise.resolve(this.transport);
    },
  };

  create(patience?: number): Promise<SessionTransport> {
    const description = {
      media: 'audio' as const,
      payloadTypes: [],
      feedback: [],
      headerExtensions: [],
      extmapAllowMixed: true,
      rtcpMux: true,
    };
    const session = {
      sid: 's',
      state: 'offered',
      transport: local,
      iceServers: [],
      offer: {
        action: 'session-initiate',
        sid: 's',
        contents: [{ name: 'audio', creator: 'initiator', description, transport: local }],
        sources: { sources: [], groups: [] },
      },
      accept: (message: JingleMessage) => {
        this.calls.push('accept');
        this.accepted = message;
        return Promise.resolve();
      },
    } as unknown as CarriedSession;
    return SessionTransport.create(session, {
      engine: this.engine,
      logger: silentLogger,
      iceTransportPolicy: 'all',
      tls: { insecure: false },
      schedule: (delay, run) => this.clock.schedule(delay, run),
      ...(patience === undefined ? {} : { patience }),
      openMedia: () => {
        this.calls.push('media');
        return this.media;
      },
      connected: () => this.calls.push('connected'),
      failed: (reason) => this.calls.push(`failed ${reason}`),
      disturbed: () => this.calls.push('disturbed'),
      found: () => this.calls.push('found'),
      history: this.history,
    });
  }
}

describe('a session on a transport of ours', () => {
  it('announces our sources in its accept', async () => {
    const rig = new Rig();
    const transport = await rig.create();
    const connected = transport.connect();
    rig.handlers?.stateChanged('connected');
    await connected;
    expect(rig.calls).toEqual(['media', 'connect', 'accept']);
    expect(rig.accepted?.sources).toEqual(ours);
    await transport.close();
    expect(rig.clock.pending).toBe(0);
  });

  it('is accepted when the bridge answers, where it is looked for first', async () => {
    const rig = new Rig();
    const transport = await rig.create(12_000);
    const connected = transport.connect();
    transport.remoteChanged();
    // What is found meanwhile is in the accept.
    rig.handlers?.candidate(candidate);
    rig.clock.advance(100_000);
    expect(rig.calls).toEqual(['look 12000']);
    rig.looking.resolve();
    await Promise.resolve();
    rig.handlers?.stateChanged('connected');
    await connected;
    expect(rig.calls).toEqual(['look 12000', 'media', 'connect', 'accept']);
    await transport.close();
    expect(rig.clock.pending).toBe(0);
  });

  it('is not accepted when it ends while the bridge is looked for', async () => {
    const rig = new Rig();
    const transport = await rig.create(12_000);
    const connected = transport.connect();
    await transport.close();
    rig.looking.resolve();
    await expect(connected).rejects.toMatchObject({ code: 'session-ended' });
    expect(rig.calls).toEqual(['look 12000']);
  });

  it('asks whether UDP is possible only where it never was', async () => {
    const rig = new Rig();
    const fail = async (how: () => void): Promise<unknown> => {
      const transport = await rig.create();
      const connected = transport.connect();
      how();
      return connected.catch((error: unknown) => error);
    };
    const broken = (): unknown => rig.handlers?.stateChanged('failed', 'nobody answers');
    const late = (): unknown => rig.clock.advance(30_000);
    for (const how of [broken, late]) {
      expect(await fail(how)).toMatchObject({ message: expect.stringContaining('is UDP to') as unknown });
    }
    const transport = await rig.create();
    const connected = transport.connect();
    rig.handlers?.stateChanged('connected');
    await connected;
    rig.handlers?.stateChanged('failed', 'consent');
    rig.handlers?.answered?.();
    expect(rig.calls.slice(-2)).toEqual(['failed consent', 'found']);
    for (const how of [broken, late]) {
      expect(await fail(how)).toMatchObject({
        code: expect.stringMatching(/^transport-(failed|timeout)$/) as unknown,
        message: expect.stringContaining('UDP was possible before') as unknown,
      });
    }
  });

  it('has none without media', async () => {
    const rig = new Rig();
    rig.media = undefined;
    const transport = await rig.create();
    const connected = transport.connect();
    rig.handlers?.stateChanged('connected');
    await connected;
    expect(rig.accepted?.sources).toEqual({ sources: [], groups: [] });
  });
});
