import { describe, expect, it } from 'vitest';
import { WayBack } from '../../../../../src/rtc/werift/ice/way-back.ts';
import { ManualClock } from '../../../../support/manual-clock.ts';

class Rig {
  readonly clock = new ManualClock();
  /** ms until an answer comes; undefined for never */
  bridge: number | undefined;
  server: number | undefined;
  readonly found: number[] = [];
  asked = 0;
  readonly wayBack = new WayBack({
    clock: this.clock,
    ask: (answered) => {
      this.asked += 1;
      if (this.bridge !== undefined) this.clock.schedule(this.bridge, answered);
    },
    servers: [
      (answered) => {
        if (this.server !== undefined) this.clock.schedule(this.server, answered);
      },
    ],
    found: () => this.found.push(this.clock.now()),
  });
}

describe('the way back', () => {
  it('is found when the other side answers, within half a second and a round trip', () => {
    const rig = new Rig();
    rig.clock.advance(130_000);
    expect([rig.asked, rig.found]).toEqual([261, []]);
    rig.bridge = 100;
    rig.clock.advance(60_000);
    expect(rig.found).toEqual([130_600]);
    expect(rig.clock.pending).toBe(0);
  });

  it('is found when a server answers that did not', () => {
    const rig = new Rig();
    rig.clock.advance(40_000);
    rig.server = 1_500;
    rig.clock.advance(60_000);
    expect(rig.found).toEqual([42_000]);
  });

  it.each([0, 100, 1_500])('is not found by a server that always answers, in %s ms', (roundTrip) => {
    const rig = new Rig();
    rig.server = roundTrip;
    rig.clock.advance(600_000);
    expect(rig.found).toEqual([]);
    rig.server = undefined;
    rig.clock.advance(60_000);
    rig.server = roundTrip;
    rig.clock.advance(60_000);
    expect(rig.found).toHaveLength(1);
  });

  it('is looked for until it is stopped', () => {
    const rig = new Rig();
    rig.bridge = 1_000;
    rig.clock.advance(600);
    rig.wayBack.stop();
    rig.clock.advance(60_000);
    expect([rig.asked, rig.found, rig.clock.pending]).toEqual([2, [], 0]);
  });
});
