import { describe, expect, it } from 'vitest';
import type { JitsiError } from '../../../../../src/base/errors.ts';
import {
  SuspendedVideo,
  type SuspendableVideo,
} from '../../../../../src/client/media/remote/suspended-video.ts';
import type { ReceiverVideoConstraints } from '../../../../../src/jitsi/bridge-messages/index.ts';
import { ManualClock } from '../../../../support/manual-clock.ts';

class Rig {
  readonly clock = new ManualClock(1_000_000);
  readonly warnings: JitsiError[] = [];
  readonly videos: (SuspendableVideo & { muted: boolean })[] = ['a-v0', 'b-v0'].map((name) => ({
    name,
    muted: false,
    isSuspended: false,
  }));
  wishes: ReceiverVideoConstraints | undefined = { defaultConstraints: { maxHeight: 720 } };
  readonly suspended = new SuspendedVideo({
    clock: this.clock,
    videos: () => this.videos,
    wishes: () => this.wishes,
    warn: (error) => this.warnings.push(error),
  });

  get names(): string[] {
    return this.videos.filter(({ isSuspended }) => isSuspended).map(({ name }) => name);
  }
}

describe('a video that was asked for', () => {
  it('is suspended when it is not forwarded and the estimate is low, and that is told once', () => {
    const rig = new Rig();
    rig.suspended.forwarded(['a-v0', 'b-v0']);
    rig.suspended.estimated(300_000);
    rig.suspended.forwarded(['a-v0']);
    rig.clock.advance(4_999);
    expect([rig.names, rig.warnings]).toEqual([[], []]);
    rig.clock.advance(1);
    expect(rig.names).toEqual(['b-v0']);
    rig.suspended.forwarded([]);
    rig.clock.advance(5_000);
    rig.suspended.estimated(100_000);
    expect(rig.names).toEqual(['a-v0', 'b-v0']);
    expect(rig.warnings).toHaveLength(1);
    expect(rig.warnings[0]).toMatchObject({ code: 'video-suspended', retryable: true });
    expect(rig.warnings[0]?.message).toMatch(/suspends 1 of the 2 .*\(b-v0\).* 300 kbit\/s/);

    rig.suspended.forwarded(['a-v0', 'b-v0']);
    expect(rig.names).toEqual([]);
    rig.clock.advance(60_000);
    rig.suspended.forwarded([]);
    rig.clock.advance(5_000);
    expect(rig.warnings).toHaveLength(2);
  });

  it('is told of no more than once a minute, however the estimate goes up and down', () => {
    const rig = new Rig();
    rig.suspended.estimated(100_000);
    for (let second = 0; second < 300; second += 10) {
      rig.suspended.forwarded([]);
      rig.clock.advance(6_000);
      rig.suspended.forwarded(['a-v0', 'b-v0']);
      rig.clock.advance(4_000);
    }
    expect(rig.warnings.length).toBeGreaterThanOrEqual(2);
    expect(rig.warnings.length).toBeLessThanOrEqual(5);
  });

  it.each<[string, (rig: Rig) => void]>([
    ['the estimate is high', (rig) => rig.suspended.estimated(20_000_000)],
    ['nothing was asked for', (rig) => (rig.wishes = undefined)],
    ['no height of it was asked for', (rig) => (rig.wishes = { defaultConstraints: { maxHeight: 0 } })],
    ['lastN is used up', (rig) => (rig.wishes = { lastN: 1, defaultConstraints: { maxHeight: 720 } })],
    ['it is muted', (rig) => rig.videos.forEach((video) => (video.muted = true))],
  ])('is not suspended when %s', (_, prepare) => {
    const rig = new Rig();
    rig.suspended.estimated(200_000);
    prepare(rig);
    rig.suspended.forwarded(['a-v0']);
    rig.clock.advance(60_000);
    expect([rig.names, rig.warnings]).toEqual([[], []]);
    expect(rig.clock.pending).toBe(0);
  });

  it('is not suspended when the estimate is enough for as many as lastN lets through', () => {
    const rig = new Rig();
    rig.wishes = { lastN: 1, defaultConstraints: { maxHeight: 720 } };
    rig.suspended.estimated(3_000_000);
    rig.suspended.forwarded([]);
    rig.clock.advance(60_000);
    expect([rig.names, rig.warnings]).toEqual([[], []]);
    rig.suspended.estimated(1_000_000);
    expect(rig.names).toEqual(['a-v0', 'b-v0']);
  });

  it('is not known to be suspended before there is an estimate, nor when the bridge is gone', () => {
    const rig = new Rig();
    rig.suspended.forwarded([]);
    rig.clock.advance(60_000);
    expect(rig.names).toEqual([]);
    rig.suspended.estimated(200_000);
    expect(rig.names).toEqual(['a-v0', 'b-v0']);
    rig.suspended.forwarded(['a-v0']);
    rig.suspended.stop();
    expect(rig.names).toEqual([]);
    rig.suspended.estimated(200_000);
    rig.clock.advance(60_000);
    expect(rig.names).toEqual([]);
    expect(rig.clock.pending).toBe(0);
  });
});
