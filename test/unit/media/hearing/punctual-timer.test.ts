import { expect, it } from 'vitest';
import { PunctualTimer } from '../../../../src/media/hearing/punctual-timer.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

function begin() {
  const clock = new ManualClock(1_000);
  const runs: number[] = [];
  return { clock, runs, timer: new PunctualTimer(clock, () => runs.push(clock.now())) };
}

it('runs when it is due, once, at a time that was put off or brought forward', () => {
  const { clock, runs, timer } = begin();
  timer.at(1_200);
  timer.at(1_220);
  clock.advance(215);
  expect(runs).toEqual([]);
  clock.advance(1_000);
  expect(runs).toEqual([1_220]);
  timer.at(2_500);
  timer.at(2_300);
  clock.advance(1_000);
  expect(runs).toEqual([1_220, 2_300]);
  expect(clock.pending).toBe(0);
});

it('asks the clock for little while it is put off, and for nothing more when nothing is due', () => {
  const { clock, runs, timer } = begin();
  let scheduled = 0;
  const schedule = clock.schedule.bind(clock);
  clock.schedule = (...given) => {
    scheduled += 1;
    return schedule(...given);
  };
  for (let block = 0; block < 50; block += 1) {
    timer.at(clock.now() + 220);
    timer.rest();
    timer.at(clock.now() + 220);
    clock.advance(20);
  }
  expect(scheduled).toBeLessThan(10);
  timer.rest();
  clock.advance(1_000);
  expect(runs).toEqual([]);
  expect(clock.pending).toBe(0);
  timer.at(clock.now() + 220);
  timer.cancel();
  expect(clock.pending).toBe(0);
});

it('looks again a moment later when it rings late, unless it was put off meanwhile', () => {
  const { clock, runs, timer } = begin();
  timer.at(1_200);
  clock.stall(300);
  clock.advance(0);
  expect(runs).toEqual([]);
  clock.advance(100);
  expect(runs).toEqual([1_400]);
  timer.at(1_600);
  clock.stall(400);
  clock.advance(0);
  timer.at(2_200);
  clock.advance(390);
  expect(runs).toEqual([1_400]);
  clock.advance(10);
  expect(runs).toEqual([1_400, 2_200]);
});
