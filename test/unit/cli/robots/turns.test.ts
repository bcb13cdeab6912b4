import { describe, expect, it } from 'vitest';
import { type Speaker, Turns } from '../../../../src/cli/robots/turns.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

function rig(count: number): { clock: ManualClock; turns: Turns; speakers: Speaker[]; speaking(): string } {
  const clock = new ManualClock();
  const turns = new Turns(100, clock);
  const active = new Set<number>();
  const speakers = Array.from({ length: count }, (_, number): Speaker => {
    return { start: () => void active.add(number), stop: () => void active.delete(number) };
  });
  for (const speaker of speakers) turns.add(speaker);
  return { clock, turns, speakers, speaking: () => [...active].join() };
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
});
