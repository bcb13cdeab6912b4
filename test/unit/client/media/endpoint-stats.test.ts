import { describe, expect, it } from 'vitest';
import { EndpointStatsSender, type TrackCounters } from '../../../../src/client/media/endpoint-stats.ts';
import type { EndpointStatistics } from '../../../../src/jitsi/bridge-messages/index.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

class Rig {
  readonly clock = new ManualClock(1_000);
  readonly told: EndpointStatistics[] = [];
  counters: Map<object, TrackCounters> | undefined = new Map();
  mayTell = true;
  readonly sender: EndpointStatsSender;

  constructor() {
    this.sender = new EndpointStatsSender({
      clock: this.clock,
      mayTell: () => this.mayTell,
      counters: () => this.counters && new Map(this.counters),
      send: (statistics) => this.told.push(statistics),
    });
    this.sender.start();
  }
}

const received = (bytes: number, packets: number, lost: number): TrackCounters => ({
  direction: 'download',
  kind: 'video',
  bytes,
  packets,
  lost,
});

describe('what we tell about our connection', () => {
  it('comes every ten seconds while the channel is open and others are there', () => {
    const rig = new Rig();
    rig.clock.advance(9_999);
    expect(rig.told).toEqual([]);
    rig.clock.advance(1);
    expect(rig.told).toHaveLength(1);
    rig.mayTell = false;
    rig.clock.advance(10_000);
    rig.mayTell = true;
    rig.clock.advance(10_000);
    expect(rig.told).toHaveLength(2);
    rig.sender.stop();
    expect(rig.clock.pending).toBe(0);
    rig.sender.start();
    rig.sender.start();
    expect(rig.clock.pending).toBe(1);
  });

  it('is what came and went since the last time', () => {
    const rig = new Rig();
    const [video, audio] = [{}, {}];
    rig.counters = new Map([
      [video, received(1_000_000, 980, 20)],
      [
        audio,
        {
          direction: 'upload',
          kind: 'audio',
          bytes: 40_000,
          packets: 500,
          lost: 50,
          roundTripTime: 12.4,
        },
      ],
    ]);
    rig.clock.advance(10_000);
    expect(rig.told.at(-1)).toEqual({
      bitrate: {
        upload: 32,
        download: 800,
        audio: { upload: 32, download: 0 },
        video: { upload: 0, download: 800 },
      },
      packetLoss: { total: 5, upload: 10, download: 2 },
      // Half of what sound loses counts.
      connectionQuality: 50,
      jvbRTT: 12,
    });
    rig.counters.set(video, received(1_250_000, 1_200, 20));
    rig.clock.advance(10_000);
    expect(rig.told.at(-1)).toMatchObject({
      bitrate: { upload: 0, download: 200 },
      packetLoss: { total: 0, upload: 0, download: 0 },
      // Two percent a second.
      connectionQuality: 70,
    });
  });

  it.each([
    [4, 100],
    [8, 70],
    [12, 50],
    [16, 30],
    [24, 10],
    [25, 0],
  ])('makes of %i %% of our sound that is lost a quality of %i', (lost, quality) => {
    const rig = new Rig();
    rig.counters?.set({}, { direction: 'upload', kind: 'audio', bytes: 1, packets: 100, lost });
    // What others' sound loses on its way to us is no fault of what we send.
    rig.counters?.set({}, received(1, 50, 50));
    rig.clock.advance(10_000);
    expect(rig.told).toMatchObject([{ connectionQuality: quality }]);
  });

  describe('with a camera', () => {
    const tell = (
      kilobits: number,
      more: Partial<TrackCounters> & { target?: number; isLayered?: boolean },
      minutes: number = 2,
    ): EndpointStatistics | undefined => {
      const { isLayered = false, target, ...others } = more;
      const rig = new Rig();
      const track = {};
      const camera = { codec: 'vp8', height: 720, isLayered, targetBitrate: target } as const;
      for (let passed = 0; passed < minutes * 6; passed++) {
        const before = rig.counters?.get(track);
        const bytes = (before?.bytes ?? 0) + (kilobits * 10_000) / 8;
        const packets = (before?.packets ?? 0) + 1_000;
        const lost = (before?.lost ?? 0) + (others.lost ?? 0);
        rig.counters?.set(track, {
          direction: 'upload',
          kind: 'video',
          height: 720,
          camera,
          bytes,
          packets,
          lost,
        });
        rig.clock.advance(10_000);
      }
      return rig.told.at(-1);
    };

    it('is the bitrate that gets through of what such a camera has with nothing in the way', () => {
      expect(tell(750, {})).toMatchObject({ connectionQuality: 50, maxEnabledResolution: 720 });
      expect(tell(2_000, {})).toMatchObject({ connectionQuality: 100 });
      // 1500, 500 and 200 kbit/s
      expect(tell(1_100, { isLayered: true })).toMatchObject({ connectionQuality: 50 });
    });

    it('is no worse for who sends less than fits', () => {
      expect(tell(100, { target: 5_000_000 })).toMatchObject({ connectionQuality: 100 });
      expect(tell(100, { target: 750_000 })).toMatchObject({ connectionQuality: 50 });
    });

    it('is reckoned from the eleventh second on', () => {
      expect(tell(100, {}, 1 / 3)).toMatchObject({ connectionQuality: 100 });
      expect(tell(100, {}, 1 / 2)).toMatchObject({ connectionQuality: 7 });
    });

    it('is bad where much is lost, whatever the bitrate', () => {
      expect(tell(2_000, { lost: 99 })).toMatchObject({ connectionQuality: 100 });
      expect(tell(2_000, { lost: 100 })).toMatchObject({ connectionQuality: 30 });
    });
  });

  it('is perfect, and nothing more, without media', () => {
    const rig = new Rig();
    rig.counters = undefined;
    rig.clock.advance(10_000);
    expect(rig.told).toEqual([{ connectionQuality: 100 }]);
  });
});
