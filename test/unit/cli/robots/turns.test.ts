import { describe, expect, it } from 'vitest';
import { type Speaker, type TalkPattern, Turns } from '../../../../src/cli/robots/turns.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

function rig(
  count: number,
  pattern?: TalkPattern,
): { clock: ManualClock; turns: Turns; speakers: Speaker[]; speaking(): string } {
  const clock = new ManualClock();
  const duration = 100;
  const turns = new Turns({ pattern, duration, clock });
  const active = new Map<number, () => void>();
  const speakers = Array.from({ length: count }, (_, number): Speaker => {
    const stop = (): void => {
      active.get(number)?.();
      active.delete(number);
    };
    const start = (ended: () => void): void => {
      expect(active.has(number)).toBe(false);
      const cancel = clock.schedule(duration, () => {
        active.delete(number);
        ended();
      });
      active.set(number, cancel);
    };
    return { start, stop };
  });
  for (const speaker of speakers) turns.add(speaker);
  return { clock, turns, speakers, speaking: () => [...active.keys()].join() };
}

describe('speaking in turns', () => {
  it('is one after the other, again and again', () => {
    const { clock, turns, speaking } = rig(3);
    turns.next();
    const heard = [speaking()];
    for (let turn = 0; turn < 4; turn += 1) {
      clock.advance(100);
      heard.push(speaking());
    }
    expect(heard).toEqual(['0', '1', '2', '0', '1']);
    turns.stop();
    expect(speaking()).toBe('');
    expect(clock.pending).toBe(0);
  });

  it('goes on at once when the one who speaks has left, and without others who have', () => {
    const { clock, turns, speakers, speaking } = rig(4);
    turns.next();
    turns.remove(speakers[0] as Speaker);
    expect(speaking()).toBe('1');
    turns.remove(speakers[2] as Speaker);
    expect(speaking()).toBe('1');
    clock.advance(100);
    expect(speaking()).toBe('3');
  });

  it('ends when nobody is left, and does not begin again when all leave', () => {
    const { clock, turns, speakers, speaking } = rig(2);
    turns.next();
    for (const speaker of speakers) turns.remove(speaker);
    expect(speaking()).toBe('');
    expect(clock.pending).toBe(0);
    const other = rig(2);
    other.turns.next();
    other.turns.stop();
    for (const speaker of other.speakers) other.turns.remove(speaker);
    expect(other.speaking()).toBe('');
  });

  it('is in pairs where every second one falls into the words of the one before', () => {
    const { clock, turns, speaking } = rig(5, 'overlap');
    turns.next();
    const heard = [speaking()];
    for (let step = 0; step < 9; step += 1) {
      clock.advance(50);
      heard.push(speaking());
    }
    expect(heard).toEqual(['0', '0,1', '1', '2', '2,3', '3', '4', '4,0', '0', '1']);
    turns.stop();
    expect(speaking()).toBe('');
    expect(clock.pending).toBe(0);
  });

  it('interrupts nobody who is alone', () => {
    const { clock, turns, speakers, speaking } = rig(2, 'overlap');
    turns.next();
    clock.advance(50);
    expect(speaking()).toBe('0,1');
    // The one who is left still speaks, and does not begin anew.
    turns.remove(speakers[1] as Speaker);
    expect(speaking()).toBe('0');
    clock.advance(49);
    expect(clock.pending).toBe(1);
    clock.advance(1);
    expect(speaking()).toBe('0');
    turns.stop();
    expect(clock.pending).toBe(0);
  });
});
