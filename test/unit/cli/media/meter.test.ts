import { describe, expect, it } from 'vitest';
import type { SentTrack } from '../../../../src/cli/media/figures.ts';
import { MediaMeter } from '../../../../src/cli/media/meter.ts';
import { SessionCount } from '../../../../src/cli/media/session-count.ts';
import type { LocalTrackStatistics } from '../../../../src/client/media/track-types.ts';
import { FakeMediaRoom, noFigures } from './fake-media-room.ts';

const nothingSent: LocalTrackStatistics = {
  packets: 0,
  bytes: 0,
  frames: 0,
  keyFrames: 0,
  lost: 0,
  unsent: 0,
  retransmitted: 0,
  nacks: 0,
  keyFrameRequests: 0,
  gaps: 0,
};

interface Rig {
  room: FakeMediaRoom;
  meter: MediaMeter;
  camera: { statistics: LocalTrackStatistics };
  pass(ms: number): void;
}

function rig(): Rig {
  const room = new FakeMediaRoom();
  room.enter('b0b', 'bob');
  let now = 5000;
  const track = {
    kind: 'video',
    sourceName: 'me-v0',
    ssrc: 7,
    codec: 'vp8',
    maxHeight: -1,
    statistics: nothingSent,
  } as const;
  const camera: SentTrack['track'] = { ...track };
  const sent: SentTrack[] = [{ track: camera, clip: { width: 640, height: 360 } }];
  const meter = new MediaMeter(room, sent, new SessionCount(room), () => now);
  return { room, meter, camera, pass: (ms) => (now += ms) };
}

describe('what is received', () => {
  it('has rates of the time between two looks', () => {
    const { room, meter, pass } = rig();
    const track = room.addTrack('b0b-v0', 99);
    pass(1000);
    track.statistics = {
      ...noFigures,
      packets: 90,
      bytes: 12_500,
      frames: 30,
      keyFrames: 1,
      lost: 10,
      jitter: 1.23456,
      codec: 'vp8',
      width: 320,
      height: 180,
    };
    room.dominantSpeaker = 'b0b';
    expect(meter.look()).toMatchObject({
      type: 'stats',
      at: 1,
      dominantSpeaker: 'b0b',
      received: [
        {
          participant: 'bob',
          endpointId: 'b0b',
          source: 'b0b-v0',
          kind: 'video',
          ssrc: 99,
          codec: 'vp8',
          width: 320,
          height: 180,
          packets: 90,
          lost: 10,
          jitter: 1.235,
          kbps: 100,
          fps: 30,
          loss: 10,
        },
      ],
    });
    pass(500);
    track.statistics = { ...track.statistics, packets: 140, frames: 45, bytes: 18_750, lost: 8 };
    expect(meter.look().received[0]).toMatchObject({ packets: 140, kbps: 100, fps: 30, loss: 0 });
  });

  it('has what is there at the beginning', () => {
    const room = new FakeMediaRoom();
    room.addTrack('b0b-a0');
    const meter = new MediaMeter(room, [], new SessionCount(room), () => 0);
    expect(meter.look().received).toMatchObject([
      { participant: 'b0b', source: 'b0b-a0', kind: 'audio', codec: null },
    ]);
  });

  it('is kept for the summary when its owner has left, by name', () => {
    const { room, meter, pass } = rig();
    const track = room.addTrack('b0b-v0', 99);
    pass(1000);
    track.statistics = { ...noFigures, packets: 3, frames: 2, codec: 'vp9' };
    meter.look();
    room.participants.delete('b0b');
    track.ssrc = undefined;
    room.removeTrack('b0b-v0');
    expect(meter.look().received).toEqual([]);
    expect(meter.summary()).toMatchObject({
      seconds: 1,
      received: [{ participant: 'bob', source: 'b0b-v0', ssrc: 99, codec: 'vp9', packets: 3, frames: 2 }],
    });
  });

  it('goes by the present name', () => {
    const { room, meter } = rig();
    room.addTrack('b0b-v0');
    room.enter('b0b', 'Robert');
    expect(meter.look().received[0]?.participant).toBe('Robert');
  });

  it('forgets those who left first when many have', () => {
    const { room, meter } = rig();
    for (let number = 0; number < 1002; number += 1) {
      room.addTrack(`id${number}-a0`);
      room.removeTrack(`id${number}-a0`);
    }
    const { received } = meter.summary();
    expect(received).toHaveLength(1000);
    expect(received[0]?.source).toBe('id2-a0');
  });
});

describe('what is sent', () => {
  it('has rates, and its picture has the size of the clip', () => {
    const { meter, camera, pass } = rig();
    pass(2000);
    camera.statistics = {
      ...nothingSent,
      packets: 60,
      bytes: 25_000,
      frames: 60,
      keyFrames: 2,
      roundTripTime: 12.3456,
      fractionLost: 0.25,
    };
    expect(meter.look().sent).toEqual([
      {
        ...camera.statistics,
        lastGap: null,
        longestGap: null,
        wantedHeight: -1,
        roundTripTime: 12.346,
        source: 'me-v0',
        kind: 'video',
        ssrc: 7,
        codec: 'vp8',
        width: 640,
        height: 360,
        kbps: 100,
        fps: 30,
        loss: 25,
      },
    ]);
    const { roundTripTime: _, fractionLost: __, ...counts } = camera.statistics;
    camera.statistics = counts;
    expect(meter.summary().sent.sources[0]).toMatchObject({ roundTripTime: 12.346, fractionLost: 0.25 });
    expect(meter.summary().sent).toMatchObject({
      packets: 60,
      bytes: 25_000,
      frames: 60,
      sources: [{ source: 'me-v0', frames: 60 }],
    });
  });
});

describe('media sessions', () => {
  it('are counted, and those that followed another at once', () => {
    const { room, meter } = rig();
    room.acceptSession();
    room.endSession({ reason: 'success', text: 'moving', by: 'focus', nextOffer: 'at-once' });
    room.acceptSession();
    room.endSession({ reason: 'expired', by: 'focus', nextOffer: 'later' });
    room.acceptSession();
    expect(meter.summary()).toMatchObject({ sessions: 3, restarts: 1 });
  });

  it('count when they were there before', () => {
    const room = new FakeMediaRoom();
    room.session = { state: 'active' } as FakeMediaRoom['session'];
    expect(new SessionCount(room).sessions).toBe(1);
  });
});
