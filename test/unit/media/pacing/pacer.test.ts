import { describe, expect, it } from 'vitest';
import type { Clock } from '../../../../src/base/clock.ts';
import { Pacer } from '../../../../src/media/pacing/pacer.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

/** A machine whose timers may be late. */
function slowClock(start = 0): { clock: ManualClock; slow: Clock; beLate(by: number): void } {
  const clock = new ManualClock(start);
  let late = 0;
  const slow: Clock = {
    now: () => clock.now() + late,
    schedule: (delay: number, run: () => void) => clock.schedule(delay, run),
  };
  return { clock, slow, beLate: (by) => (late = by) };
}

describe('a pacer', () => {
  it('asks for frames when they are due, and rests when there are none', () => {
    const clock = new ManualClock(1000);
    const times: number[] = [];
    let left = 2;
    const pacer = new Pacer(clock, (time) => {
      if (left === 0) return undefined;
      left -= 1;
      times.push(time);
      return 20;
    });
    pacer.start();
    expect(times).toEqual([]);
    clock.advance(100);
    expect(times.splice(0)).toEqual([1000, 1020]);
    expect(pacer.isRunning).toBe(false);
    expect(clock.pending).toBe(0);
    left = 1;
    pacer.start();
    clock.advance(0);
    expect(times).toEqual([1100]);
  });

  it('does not begin before the last frame is over', () => {
    const clock = new ManualClock(0);
    const times: number[] = [];
    const pacer = new Pacer(clock, (time) => {
      times.push(time);
      pacer.stop();
      return 20;
    });
    pacer.start();
    clock.advance(5);
    pacer.start();
    clock.advance(14);
    expect(times).toEqual([0]);
    clock.advance(1);
    expect(times).toEqual([0, 20]);
  });

  it('does not drift, however late the timers are', () => {
    const { clock, slow, beLate } = slowClock();
    const times: number[] = [];
    const pacer = new Pacer(slow, (time) => {
      times.push(time);
      return 20;
    });
    pacer.start();
    for (let round = 0; round < 1000; round += 1) {
      beLate((round * 7) % 40);
      clock.advance(20);
    }
    expect(times).toEqual(times.map((_, index) => index * 20));
    expect(times.length).toBeGreaterThan(990);
  });

  it('catches up on 100 ms at most', () => {
    const { clock, slow, beLate } = slowClock();
    const times: number[] = [];
    const pacer = new Pacer(slow, (time) => {
      times.push(time);
      return 20;
    });
    pacer.start();
    clock.advance(0);
    beLate(60_000);
    clock.advance(20);
    expect(times).toEqual([0, 59_920, 59_940, 59_960, 59_980, 60_000, 60_020]);
  });

  it.each([0, -20, Number.NaN])('lets others have their turn when a frame lasts %d ms', (duration) => {
    const clock = new ManualClock(0);
    const times: number[] = [];
    const pacer = new Pacer(clock, (time) => {
      times.push(time);
      return times.length < 250 ? duration : undefined;
    });
    pacer.start();
    clock.advance(0);
    expect(times).toEqual(Array.from({ length: 250 }, () => 0));
    expect(clock.pending).toBe(0);
  });
});
