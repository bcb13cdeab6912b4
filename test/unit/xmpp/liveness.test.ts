import { describe, expect, it } from 'vitest';
import { defaultPing, Liveness } from '../../../src/xmpp/liveness.ts';

const start = 1_000_000;

/** Looks whenever it is due, up to and with `end`; what it says, by ms since the start. */
function looks(liveness: Liveness, end: number): [number, string][] {
  const said: [number, string][] = [];
  for (let now = liveness.nextLook; now <= start + end; now = liveness.nextLook) {
    const verdict = liveness.look(now);
    if (verdict) said.push([now - start, verdict]);
    if (verdict === 'dead') break;
  }
  return said;
}

describe('Liveness', () => {
  it('asks for a ping after a silent interval, not before', () => {
    const liveness = new Liveness(defaultPing, start);
    expect(liveness.nextLook).toBe(start + 10_000);
    expect(liveness.look(start + 9_999)).toBeUndefined();
    expect(liveness.look(start + 10_000)).toBe('ping');
  });

  it('gives a half-open connection up 20 s after the last byte, whenever that was', () => {
    const silent = new Liveness(defaultPing, start);
    expect(looks(silent, 60_000)).toEqual([
      [10_000, 'ping'],
      [15_000, 'ping'],
      [20_000, 'dead'],
    ]);
    for (const last of [1, 4_999, 9_999]) {
      const liveness = new Liveness(defaultPing, start);
      liveness.received(start + last);
      expect(looks(liveness, 60_000).at(-1)).toEqual([last + 20_000, 'dead']);
    }
  });

  it('asks for none while anything arrives, and begins to count again with it', () => {
    const liveness = new Liveness(defaultPing, start);
    for (let now = 0; now <= 120_000; now += 9_000) {
      expect(looks(liveness, now)).toEqual([]);
      liveness.received(start + now);
    }
    const another = new Liveness(defaultPing, start);
    expect(looks(another, 16_000)).toHaveLength(2);
    another.received(start + 16_000);
    expect(looks(another, 40_000)).toEqual([
      [26_000, 'ping'],
      [31_000, 'ping'],
      [36_000, 'dead'],
    ]);
  });

  it('gives up after as many pings as it is told', () => {
    const liveness = new Liveness({ ...defaultPing, threshold: 3 }, start);
    expect(looks(liveness, 60_000).at(-1)).toEqual([25_000, 'dead']);
  });

  it('needs one ping where there is reason to doubt, and none of that is left when it is answered', () => {
    const liveness = new Liveness(defaultPing, start);
    expect(liveness.probe(start + 1_000)).toBe('ping');
    expect(looks(liveness, 60_000)).toEqual([[6_000, 'dead']]);

    const answered = new Liveness(defaultPing, start);
    answered.probe(start + 1_000);
    answered.received(start + 2_000);
    expect(looks(answered, 60_000)).toEqual([
      [12_000, 'ping'],
      [17_000, 'ping'],
      [22_000, 'dead'],
    ]);
  });

  it('takes a process that was suspended for a reason to doubt, also when what had arrived is read first', () => {
    const asleep = new Liveness(defaultPing, start);
    expect(asleep.look(start + 70_000)).toBe('ping');
    expect(asleep.look(start + 75_000)).toBe('dead');

    const buffered = new Liveness(defaultPing, start);
    buffered.received(start + 70_000);
    expect(buffered.look(start + 70_000)).toBe('ping');
    expect(buffered.look(start + 75_000)).toBe('dead');
  });

  it('does not take silence for death that it could not hear', () => {
    const liveness = new Liveness(defaultPing, start);
    liveness.look(start + 10_000);
    liveness.look(start + 15_000);
    // The answer may wait in the socket's buffer.
    expect(liveness.look(start + 80_000)).toBe('ping');
  });

  it('goes on when the clock is set back', () => {
    const liveness = new Liveness(defaultPing, start);
    expect(liveness.look(start - 3_600_000)).toBe('ping');
    expect(liveness.look(start - 3_600_000 + 5_000)).toBe('dead');
  });
});
