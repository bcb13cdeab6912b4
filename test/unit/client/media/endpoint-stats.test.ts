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
          lost: 0,
          fractionLost: 0.1,
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
      connectionQuality: 50,
      jvbRTT: 12,
    });
    rig.counters.set(video, received(1_250_000, 1_200, 20));
    rig.clock.advance(10_000);
    expect(rig.told.at(-1)).toMatchObject({
      bitrate: { upload: 0, download: 200 },
      packetLoss: { total: 0, upload: 0, download: 0 },
      connectionQuality: 100,
    });
  });

  it.each([
    [2, 100],
    [4, 70],
    [6, 50],
    [8, 30],
    [12, 10],
    [13, 0],
  ])('makes of %i %% loss a quality of %i', (loss, quality) => {
    const rig = new Rig();
    rig.counters?.set({}, received(1, 100 - loss, loss));
    rig.clock.advance(10_000);
    expect(rig.told).toMatchObject([{ connectionQuality: quality }]);
  });

  it('is perfect, and nothing more, without media', () => {
    const rig = new Rig();
    rig.counters = undefined;
    rig.clock.advance(10_000);
    expect(rig.told).toEqual([{ connectionQuality: 100 }]);
  });
});
