import { describe, expect, it } from 'vitest';
import { Emitter } from '../../../../src/base/emitter.ts';
import type { JitsiError } from '../../../../src/base/errors.ts';
import type { CarriedMedia, CarriedSession } from '../../../../src/client/session/carried-session.ts';
import { conferenceEventNames, type ConferenceEvents } from '../../../../src/client/conference-events.ts';
import { ConferenceMedia, type ConferenceMediaPorts } from '../../../../src/client/media/conference-media.ts';
import type { MediaSession } from '../../../../src/client/session/media-session.ts';
import type { Participant } from '../../../../src/conference/room/roster.ts';
import type { JingleMessage, Source, SourceSet } from '../../../../src/jingle/model.ts';
import type { SourceState } from '../../../../src/jitsi/source-info.ts';
import type { PeerTransportState } from '../../../../src/rtc/peer-transport.ts';
import { SessionLink } from '../../../../src/rtc/rtp/session-link.ts';
import { buildRtpHeader, parseRtp } from '../../../../src/rtp/packet.ts';
import { offerDescriptions } from '../../../../src/sandbox/focus/sessions/offer.ts';
import { BridgeRig } from '../../../support/bridge-rig.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { seededRandom } from '../../../support/random.ts';

const features = {
  audio: true,
  video: true,
  sctp: true,
  rtx: true,
  transportCc: true,
  remb: false,
  opusRed: false,
  jsonSources: true,
  ssrcRewriting: false,
  midDemux: false,
};

class FakeSession {
  readonly sid: string;
  readonly offer: JingleMessage;
  readonly sources: readonly Source[];
  readonly ssrcGroups = [];
  readonly changes: SourceSet[] = [];

  constructor(sources: readonly Source[] = [], startMuted?: JingleMessage['startMuted']) {
    this.sources = sources;
    this.sid = 's';
    this.offer = {
      action: 'session-initiate',
      sid: 's',
      contents: offerDescriptions(features, false).map((description) => ({
        name: description.media,
        creator: 'initiator',
        description,
      })),
      sources: { sources, groups: [] },
      ...(startMuted && { startMuted }),
    };
  }

  addSources(set: SourceSet): Promise<void> {
    this.changes.push(set);
    return Promise.resolve();
  }

  removeSources(): Promise<void> {
    return Promise.resolve();
  }
}

class Rig {
  readonly clock = new ManualClock(1_000_000);
  readonly told: string[] = [];
  readonly room = new Map<string, Participant>();
  readonly warnings: JitsiError[] = [];
  presence: readonly SourceState[] = [];
  readonly emitter = new Emitter<ConferenceEvents>(conferenceEventNames, (error) => {
    throw error;
  });
  readonly media: ConferenceMedia;
  readonly sentRtp: Uint8Array[] = [];
  readonly sentRtcp: Uint8Array[] = [];
  transportState: PeerTransportState = 'connected';
  /** Of the transport that was opened last. */
  rtp: SessionLink | undefined;

  constructor(options: Partial<ConferenceMediaPorts> = {}) {
    this.media = new ConferenceMedia({
      on: (event, listener) => this.emitter.on(event, listener),
      emitter: this.emitter,
      clock: this.clock,
      mediaClock: this.clock,
      random: seededRandom(3),
      media: true,
      ssrcRewriting: false,
      endpointId: () => 'me',
      participants: () => this.room,
      present: (sources) => {
        this.presence = sources;
      },
      askToUnmute: () => Promise.resolve(),
      observe: (endpointId, change) => {
        const participant = this.room.get(endpointId);
        if (participant) this.room.set(endpointId, { ...participant, ...change });
      },
      checkNotOver: () => {},
      openBridge: () => {},
      warn: (error) => this.warnings.push(error),
      ...options,
    });
    for (const name of ['trackAdded', 'trackRemoved'] as const)
      this.emitter.on(name, ({ track }) => this.told.push(`${name} ${track.sourceName}`));
  }

  offer(session: FakeSession): void {
    this.emitter.emit('sessionOffered', { session: session as unknown as MediaSession });
  }

  accept(session: FakeSession): CarriedMedia | undefined {
    const state = (): PeerTransportState => this.transportState;
    return this.media.open(session as unknown as CarriedSession, {
      get state() {
        return state();
      },
      openRtp: (options, handlers) => {
        this.rtp = new SessionLink(options, handlers, {
          sendRtp: (header, payload) => this.sentRtp.push(Uint8Array.from([...header, ...payload])),
          sendRtcp: (compound) => this.sentRtcp.push(compound),
        });
        return this.rtp;
      },
    });
  }

  end(session: FakeSession): void {
    const end = { reason: 'success', text: 'moving', by: 'focus', nextOffer: 'at-once' } as const;
    this.emitter.emit('sessionEnded', { session: session as unknown as MediaSession, end });
  }
}

const voice = (owner: string, ssrc: number): Source => ({
  ssrc,
  mediaType: 'audio',
  owner,
  name: `${owner}-a0`,
});

function opusPacket(ssrc: number, sequenceNumber: number): Uint8Array {
  const header = { payloadType: 111, marker: false, sequenceNumber, timestamp: sequenceNumber * 960, ssrc };
  return Uint8Array.from([...buildRtpHeader({ ...header, extensions: [] }), 1, 2, 3]);
}

describe('the media of a conference', () => {
  it('goes from session to session', async () => {
    const rig = new Rig();
    const track = rig.media.addTrack({ kind: 'audio' });
    const first = new FakeSession([voice('jvb', 1), voice('ab', 11)]);
    rig.offer(first);
    const carried = rig.accept(first);
    expect(carried?.sources.sources).toMatchObject([{ name: 'me-a0', ssrc: track.ssrc }]);
    expect(rig.told).toEqual(['trackAdded ab-a0']);
    const remote = rig.media.tracks.get('ab-a0');
    const frames = remote?.frames();
    const carriedRtp = rig.rtp;
    carriedRtp?.receiveRtp(opusPacket(11, 1), 0);
    expect((await frames?.next())?.value).toMatchObject({ codec: 'opus', timestamp: 1_000_000 });
    expect(track.send({ data: Uint8Array.of(9), timestamp: 0 })).toBe(true);
    expect(parseRtp(rig.sentRtp[0] ?? new Uint8Array())).toMatchObject({
      ssrc: track.ssrc,
      payloadType: 111,
    });

    rig.end(first);
    expect(track.send({ data: Uint8Array.of(9), timestamp: 20 })).toBe(false);
    carriedRtp?.receiveRtp(opusPacket(11, 2), 0);
    expect(remote?.statistics.packets).toBe(1);
    expect(rig.clock.pending).toBe(0);

    const second = new FakeSession([voice('ab', 12)]);
    rig.offer(second);
    const again = rig.accept(second);
    expect(again?.sources).toEqual(carried?.sources);
    rig.rtp?.receiveRtp(opusPacket(12, 700), 0);
    expect((await frames?.next())?.value).toMatchObject({ codec: 'opus' });
    expect(remote?.statistics.packets).toBe(2);
    expect(rig.media.addTrack({ kind: 'video' }).isWanted).toBe(true);
    expect([first.changes.length, second.changes.length]).toEqual([0, 1]);
    expect(rig.media.localTracks).toHaveLength(2);
  });

  it('is sent once the transport is connected', () => {
    const rig = new Rig();
    const track = rig.media.addTrack({ kind: 'audio' });
    const session = new FakeSession();
    rig.offer(session);
    rig.accept(session);
    const sends: [string, boolean][] = [];
    for (const state of ['new', 'connecting', 'connected', 'disconnected', 'failed'] as const) {
      rig.transportState = state;
      sends.push([state, track.send({ data: Uint8Array.of(9), timestamp: 20 })]);
    }
    expect(sends).toEqual([
      ['new', false],
      ['connecting', false],
      ['connected', true],
      ['disconnected', true],
      ['failed', false],
    ]);
    expect(rig.sentRtp.length).toBe(2);
  });

  it('is carried by one session at a time', () => {
    const rig = new Rig();
    const track = rig.media.addTrack({ kind: 'audio' });
    rig.accept(new FakeSession([voice('ab', 11)]));
    const old = rig.rtp;
    rig.offer(new FakeSession([voice('ab', 11)]));
    rig.accept(new FakeSession());
    old?.receiveRtp(opusPacket(11, 1), 0);
    expect(rig.media.tracksOf('ab')[0]?.statistics.packets).toBe(0);
    rig.rtp?.receiveRtp(opusPacket(11, 1), 0);
    expect(rig.media.tracksOf('ab')[0]?.statistics.packets).toBe(1);
    expect(track.isWanted).toBe(true);
  });

  it('begins muted where the room’s policy says so, in the first session only', () => {
    const rig = new Rig();
    const [audio, video] = [rig.media.addTrack({ kind: 'audio' }), rig.media.addTrack({ kind: 'video' })];
    const first = new FakeSession([], { audio: true, video: false });
    rig.offer(first);
    expect([audio.muted, video.muted]).toEqual([true, false]);
    audio.unmute();
    rig.end(first);
    rig.offer(new FakeSession([], { audio: true, video: false }));
    expect(audio.muted).toBe(false);
  });

  it('follows the focus, the room and its end', () => {
    const rig = new Rig();
    const audio = rig.media.addTrack({ kind: 'audio' });
    const session = new FakeSession([voice('ab', 11)]) as unknown as MediaSession;
    rig.emitter.emit('sessionOffered', { session });
    rig.emitter.emit('sourcesAdded', { session, added: { sources: [voice('cd', 21)], groups: [] } });
    rig.emitter.emit('sourcesRemoved', { session, removed: { sources: [voice('cd', 21)], groups: [] } });
    rig.emitter.emit('muted', { mediaType: 'audio', actor: 'boss' });
    expect(audio.muted).toBe(true);
    const participant = { id: 'ab' } as Participant;
    rig.emitter.emit('participantLeft', { participant, departure: { reason: 'left' } });
    rig.emitter.emit('sourcesAdded', { session, added: { sources: [voice('ef', 31)], groups: [] } });
    rig.emitter.emit('ended', { info: { reason: 'left' } });
    expect(rig.told).toEqual([
      'trackAdded ab-a0',
      'trackAdded cd-a0',
      'trackRemoved cd-a0',
      'trackRemoved ab-a0',
      'trackAdded ef-a0',
      'trackRemoved ef-a0',
    ]);
    expect([audio.isStopped, rig.media.tracks.size, rig.clock.pending]).toEqual([true, 0, 0]);
  });

  it('hears what the bridge says, whichever it is', () => {
    const rig = new Rig();
    const told: unknown[] = [];
    for (const name of [
      'dominantSpeakerChanged',
      'forwardedSourcesChanged',
      'endpointConnectivityChanged',
    ] as const)
      rig.emitter.on(name, (payload) => told.push(payload));
    const track = rig.media.addTrack({ kind: 'video' });
    const { bridge, route } = new BridgeRig();
    rig.media.useBridge(bridge);
    rig.media.requestVideo(360);
    bridge.attach([route], { isAlone: () => false, ended: () => {} });
    route.link.open();
    expect(route.link.sent.map((message) => JSON.parse(message) as unknown)).toEqual([
      { colibriClass: 'ReceiverVideoConstraints', defaultConstraints: { maxHeight: 360 } },
      { colibriClass: 'SourceVideoTypeMessage', sourceName: 'me-v0', videoType: 'camera' },
    ]);
    for (const message of [
      {
        colibriClass: 'DominantSpeakerEndpointChangeEvent',
        dominantSpeakerEndpoint: 'ab',
        previousSpeakers: [],
      },
      { colibriClass: 'ForwardedSources', forwardedSources: ['ab-v0'] },
      { colibriClass: 'EndpointConnectivityStatusChangeEvent', endpoint: 'ab', active: 'false' },
      { colibriClass: 'SenderSourceConstraints', sourceName: 'me-v0', maxHeight: 180 },
    ])
      route.link.receive(message);
    expect(told).toEqual([
      { endpointId: 'ab', previousSpeakers: [], silence: false },
      { sources: ['ab-v0'] },
      { endpointId: 'ab', isActive: false },
    ]);
    expect(rig.media.dominantSpeaker).toBe('ab');
    const [participant, other] = [{ id: 'ab' }, { id: 'cd' }] as Participant[];
    if (!participant || !other) throw new Error('nobody');
    rig.emitter.emit('participantLeft', { participant: other, departure: { reason: 'left' } });
    expect(rig.media.dominantSpeaker).toBe('ab');
    rig.emitter.emit('participantLeft', { participant, departure: { reason: 'left' } });
    expect(rig.media.dominantSpeaker).toBeUndefined();
    expect(track.maxHeight).toBe(180);
    expect(rig.media.wantsBridge).toBe(true);
  });

  it('tells the others about its connection', () => {
    const rig = new Rig();
    const bridgeRig = new BridgeRig();
    rig.media.useBridge(bridgeRig.bridge);
    bridgeRig.open();
    rig.clock.advance(10_000);
    expect(bridgeRig.route.link.sent).toEqual([]);
    rig.room.set('ab', { id: 'ab' } as Participant);
    rig.clock.advance(10_000);
    expect(bridgeRig.route.link.sent).toHaveLength(1);
    expect(JSON.parse(bridgeRig.route.link.sent[0] ?? '')).toMatchObject({
      colibriClass: 'EndpointStats',
      connectionQuality: 100,
      bitrate: { upload: 0, download: 0 },
    });
    bridgeRig.bridge.close();
    expect(rig.clock.pending).toBe(0);
  });

  it('goes through a thousand sessions and as many rejoins as another, and nothing is left behind', () => {
    let own = 0;
    const rig = new Rig({ endpointId: () => `me${own}` });
    const bob = { id: 'ab', audioMuted: false, videoMuted: true } as unknown as Participant;
    rig.room.set('ab', bob);
    const ours = rig.media.addTrack({ kind: 'audio' });
    let theirs: unknown;
    for (let count = 0; count < 1_000; count += 1) {
      const session = new FakeSession([voice('ab', 1_000 + count)]);
      rig.offer(session);
      rig.accept(session);
      theirs ??= rig.media.tracks.get('ab-a0');
      rig.rtp?.receiveRtp(opusPacket(1_000 + count, count), 0);
      ours.send({ data: Uint8Array.of(9), timestamp: count * 1_000 });
      rig.clock.advance(1_000);
      rig.end(session);
      own += 1;
      rig.media.renew();
    }
    expect([...rig.media.tracks.values()]).toEqual([theirs]);
    expect(rig.media.localTracks).toEqual([ours]);
    expect(ours.sourceName).toBe('me1000-a0');
    expect(rig.presence).toHaveLength(1);
    expect(ours.statistics).toMatchObject({ frames: 1_000, gaps: 999, lastGap: 1_000 });
    rig.clock.advance(120_000);
    expect(rig.clock.pending).toBe(0);
    expect(rig.told).toEqual(['trackAdded ab-a0']);
  });

  it('is none where the room was joined without it', () => {
    const rig = new Rig({ media: false });
    rig.offer(new FakeSession([voice('ab', 11)]));
    expect(rig.media.tracks.size).toBe(0);
    expect(rig.accept(new FakeSession())).toBeUndefined();
    for (const ask of [
      () => rig.media.addTrack({ kind: 'audio' }),
      () => rig.media.requestVideo(360),
      () => rig.media.requestAudio({ exclude: [] }),
    ])
      expect(ask).toThrow(expect.objectContaining({ kind: 'usage', code: 'no-media' }));
  });

  it('takes SSRCs from the bridge only where that was asked for', () => {
    for (const ssrcRewriting of [false, true]) {
      const rig = new Rig({ ssrcRewriting });
      const { bridge, route } = new BridgeRig();
      rig.media.useBridge(bridge);
      bridge.attach([route], { isAlone: () => false, ended: () => {} });
      route.link.open();
      const mappedSources = [{ source: 'ab-a0', owner: 'ab', ssrc: 11 }];
      route.link.receive({ colibriClass: 'AudioSourcesMap', mappedSources });
      expect(rig.media.tracks.size).toBe(ssrcRewriting ? 1 : 0);
    }
  });
});

describe('a listener of a track of ours', () => {
  it('that throws, or whose promise rejects, causes a warning', async () => {
    const rig = new Rig();
    using track = rig.media.addTrack({ kind: 'audio' });
    const off = track.on('muted', () => {
      throw new Error('thrown');
    });
    track.mute();
    off();
    track.on('unmuted', () => Promise.reject(new Error('rejected')));
    track.unmute();
    await Promise.resolve();
    expect(rig.warnings.map(({ code, message }) => `${code} ${message}`)).toEqual([
      'listener-failed a listener of muted failed: thrown',
      'listener-failed a listener of unmuted failed: rejected',
    ]);
  });

  it('hears that it is stopped at the end of the block that uses it', () => {
    const rig = new Rig();
    const told: string[] = [];
    {
      using track = rig.media.addTrack({ kind: 'video' });
      track.on('stopped', () => told.push('stopped'));
    }
    expect(told).toEqual(['stopped']);
    expect(rig.media.localTracks).toEqual([]);
  });
});
