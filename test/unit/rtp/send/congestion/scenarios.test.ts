/** Google congestion control over emulated links in virtual time, by the scenarios of RFC 8867: whole sessions, with an encoder that keeps to what it is told. */
import { describe, expect, it } from 'vitest';
import { congestionRun, flowsRun, mean, type Second, steps } from '../../../../support/congestion/run.ts';

const mbit = 1_000_000;

/** Of the second half of each phase: most of the capacity is used, and the queue is short. */
function expectPhases(
  flows: readonly Second[][],
  phases: readonly (readonly [from: number, to: number, capacity: number])[],
): void {
  for (const [from, to, capacity] of phases) {
    const middle = (from + to) / 2;
    const sum = (of: keyof Second): number =>
      flows.reduce((total, seconds) => total + mean(seconds, of, middle, to), 0);
    expect(sum('arrived'), `from ${from} s on`).toBeGreaterThan(0.6 * capacity);
    expect(sum('estimate'), `from ${from} s on`).toBeLessThan(1.25 * capacity);
    expect(sum('waited') / flows.length, `from ${from} s on`).toBeLessThan(120);
  }
}

describe('the rate that is allowed', () => {
  it('follows a capacity that changes (RFC 8867, 5.1)', () => {
    const rate = steps([0, mbit], [40, 2.5 * mbit], [60, 0.6 * mbit], [80, mbit]);
    const seconds = congestionRun({ duration: 100, rate });
    const phases = [
      [0, 40, mbit],
      [40, 60, 2.5 * mbit],
      [60, 80, 0.6 * mbit],
      [80, 100, mbit],
    ] as const;
    expectPhases([seconds], phases);
  });

  it('follows it for two flows (RFC 8867, 5.2), neither of which starves', () => {
    const rate = steps([0, 4 * mbit], [25, 2 * mbit], [50, 3.5 * mbit], [75, mbit], [100, 2 * mbit]);
    const flows = flowsRun({ duration: 125, rate }, [{}, {}]);
    const phases = [
      [0, 25, 4 * mbit],
      [25, 50, 2 * mbit],
      [50, 75, 3.5 * mbit],
      [75, 100, mbit],
      [100, 125, 2 * mbit],
    ] as const;
    // What a flow finds after the way has become wider comes by and by.
    for (const [from, to, capacity] of phases) {
      const arrived = flows.map((seconds) => mean(seconds, 'arrived', (from + to) / 2, to));
      const all = arrived.reduce((sum, each) => sum + each, 0);
      expect(all, `from ${from} s on`).toBeGreaterThan(0.5 * capacity);
      expect(Math.min(...arrived), `from ${from} s on`).toBeGreaterThan(0.1 * capacity);
    }
  });

  it('follows it both ways at once, where feedback has to get past media (RFC 8867, 5.3)', () => {
    const there = steps([0, 2 * mbit], [20, mbit], [40, 0.5 * mbit], [60, 2 * mbit]);
    const back = steps([0, 2 * mbit], [35, 0.8 * mbit], [70, 2 * mbit]);
    const [one = [], other = []] = flowsRun({ duration: 100, rate: there, back: { rate: back } }, [
      {},
      { isBackward: true },
    ]);
    expectPhases(
      [one],
      [
        [0, 20, 2 * mbit],
        [20, 40, mbit],
        [40, 60, 0.5 * mbit],
        [70, 100, 2 * mbit],
      ],
    );
    expectPhases(
      [other],
      [
        [0, 35, 2 * mbit],
        [35, 70, 0.8 * mbit],
        [75, 100, 2 * mbit],
      ],
    );
  });

  it('is shared by flows that come one after the other (RFC 8867, 5.4)', () => {
    const flows = flowsRun({ duration: 120, rate: () => 3.5 * mbit }, [{}, { start: 20 }, { start: 40 }]);
    expectPhases(flows, [[40, 120, 3.5 * mbit]]);
    for (const seconds of flows) expect(mean(seconds, 'arrived', 80, 120)).toBeGreaterThan(0.3 * mbit);
  });

  it('is found again after a pause of one of three (RFC 8867, 5.8)', () => {
    const pausing = (now: number): number => (now > 40_000 && now < 60_000 ? 0 : Infinity);
    const flows = flowsRun({ duration: 120, rate: () => 3.5 * mbit }, [{ video: pausing }, {}, {}]);
    expectPhases(flows, [[60, 120, 3.5 * mbit]]);
    expect(mean(flows[0] ?? [], 'arrived', 90, 120)).toBeGreaterThan(0.3 * mbit);
  });

  it.each([
    ['3 % of the packets are lost', { rate: (): number => mbit, loss: () => 0.03 }, mbit],
    ['packets are up to 30 ms late', { rate: (): number => 2 * mbit, jitter: 30 }, 2 * mbit],
    ['the way is 300 ms long', { rate: (): number => mbit, delay: 300 }, mbit],
    ['one packet in ten is overtaken', { rate: (): number => 2 * mbit, overtaken: 0.1 }, 2 * mbit],
    ['the queue is short', { rate: (): number => mbit, queue: 40 }, mbit],
  ])('finds the capacity where %s', (_, link, capacity) => {
    const seconds = congestionRun({ duration: 60, ...link });
    expectPhases([seconds], [[0, 60, capacity]]);
  });

  it.each([1, 4])('is found within two seconds by probes, at %i Mbit/s', (capacity) => {
    const seconds = congestionRun({ duration: 6, rate: () => capacity * mbit });
    expect(mean(seconds, 'estimate', 2, 6)).toBeGreaterThan(0.6 * capacity * mbit);
  });

  it('falls when many packets are lost, and rises when no more are', () => {
    const seconds = congestionRun({
      duration: 90,
      rate: () => 5 * mbit,
      loss: (now) => (now < 30_000 ? 0.2 : 0),
    });
    expect(seconds[29]?.estimate).toBeLessThan(0.5 * mbit);
    expect(seconds[89]?.estimate).toBeGreaterThan(3 * (seconds[29]?.estimate ?? Infinity));
  });

  it('asks for no more than half of it once more, whatever is lost', () => {
    const seconds = congestionRun({ duration: 30, rate: () => 5 * mbit, loss: () => 0.4 });
    for (const { estimate, retransmitted } of seconds.slice(5))
      expect(retransmitted * 1_100 * 8).toBeLessThan(Math.max(estimate, 300_000));
  });

  it.each([1, 2])(
    'is found by a video that begins after half a minute of sound, at %i Mbit/s',
    (capacity) => {
      const seconds = congestionRun({
        duration: 90,
        rate: () => capacity * mbit,
        video: (now) => (now < 30_000 ? 0 : Infinity),
      });
      expect(mean(seconds, 'arrived', 35, 90)).toBeGreaterThan(0.6 * capacity * mbit);
      expect(mean(seconds, 'estimate', 35, 90)).toBeLessThan(1.15 * capacity * mbit);
    },
  );

  it('is never so low for good that nothing is sent', () => {
    // Sound alone, while others fill the way for a second.
    const seconds = congestionRun({
      duration: 120,
      rate: (now) => (now > 10_000 && now < 11_000 ? 30_000 : 10 * mbit),
      video: () => 0,
    });
    expect(seconds[119]?.estimate).toBeGreaterThan(250_000);
  });

  it('is more than what is sent where more fits, as far as anybody would use it', () => {
    const seconds = congestionRun({ duration: 30, video: () => 1.5 * mbit });
    expect(mean(seconds, 'arrived', 5, 30)).toBeGreaterThan(1.5 * mbit);
    expect(mean(seconds, 'estimate', 5, 30)).toBeGreaterThan(3 * mbit);
    expect(mean(seconds, 'estimate', 5, 30)).toBeLessThan(6 * mbit);
  });
});
