import { describe, expect, it } from 'vitest';
import { Consent } from '../../../../../src/rtc/werift/ice/consent.ts';
import { ManualClock } from '../../../../support/manual-clock.ts';
import { seededRandom } from '../../../../support/random.ts';

class Rig {
  readonly clock = new ManualClock();
  /** ms until an answer comes; undefined for never */
  roundTrip: number | undefined = 0;
  readonly checks: number[] = [];
  readonly told: string[] = [];
  readonly consent: Consent;

  constructor(seed = 1) {
    const { clock } = this;
    const tell = (what: string) => () => this.told.push(`${what} at ${clock.now() / 1000}`);
    this.consent = new Consent({
      clock,
      random: seededRandom(seed),
      check: (answered) => {
        this.checks.push(clock.now());
        if (this.roundTrip !== undefined) clock.schedule(this.roundTrip, answered);
      },
      silent: tell('silent'),
      back: tell('back'),
      expired: tell('expired'),
    });
  }
}

describe('consent', () => {
  it('is asked for every 4 to 6 s, at random, whether answers come or not (RFC 7675, 5.1)', () => {
    const rig = new Rig();
    rig.roundTrip = 3_000;
    rig.clock.advance(600_000);
    const gaps = rig.checks.map((at, index) => at - (rig.checks[index - 1] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(4_000);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(6_000);
    expect(Math.max(...gaps) - Math.min(...gaps)).toBeGreaterThan(1_000);
    expect(new Set(gaps).size).toBeGreaterThan(50);
  });

  it.each([
    [700, 1],
    [1_500, 2],
    [5_900, 3],
  ])('goes on when the round trip rises from 0 to %s ms and stays there', (roundTrip, seed) => {
    const rig = new Rig(seed);
    rig.clock.advance(20_000);
    rig.roundTrip = roundTrip;
    rig.clock.advance(600_000);
    expect(rig.told).toEqual([]);
  });

  it('counts the answer to an earlier check than the last', () => {
    const rig = new Rig();
    rig.roundTrip = 11_000;
    rig.clock.advance(600_000);
    // Nothing until the first answer; from then on one every 4 to 6 s.
    expect(rig.told).toHaveLength(2);
    expect(rig.told[0]).toBe('silent at 12');
    expect(rig.told[1]).toMatch(/^back at 1[4-7]/);
  });

  it('is silent after 12 s, and over 30 s after the last answer', () => {
    const rig = new Rig();
    rig.clock.advance(100_000);
    rig.roundTrip = undefined;
    const last = rig.checks.at(-1) ?? 0;
    rig.clock.advance(100_000);
    expect(rig.told).toEqual([`silent at ${(last + 12_000) / 1000}`, `expired at ${(last + 30_000) / 1000}`]);
    expect(rig.clock.pending).toBe(0);
  });

  it('comes back with an answer in time', () => {
    const rig = new Rig();
    rig.roundTrip = undefined;
    rig.clock.advance(20_000);
    rig.roundTrip = 1_500;
    rig.clock.advance(200_000);
    expect(rig.told).toHaveLength(2);
    expect(rig.told[1]).toContain('back at');
  });

  it('ends with nothing left', () => {
    const rig = new Rig();
    rig.roundTrip = 3_000;
    rig.clock.advance(5_900);
    rig.consent.stop();
    rig.clock.advance(100_000);
    expect(rig.told).toEqual([]);
    expect(rig.clock.pending).toBe(0);
  });
});
