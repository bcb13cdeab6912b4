import { describe, expect, it } from 'vitest';
import { Pacer, payloadPacer } from '../../../../src/cli/visit/pacing.ts';

describe('a pacer', () => {
  it('lets a burst through, then keeps the rate', () => {
    let now = 0;
    const pacer = new Pacer({ rate: 1000, burst: 100, now: () => now });
    expect(pacer.take(60)).toBe(0);
    expect(pacer.take(40)).toBe(0);
    expect(pacer.take(10)).toBe(10);
    now = 10;
    expect(pacer.take(10)).toBe(10);
    now = 15;
    expect(pacer.take(10)).toBe(15);
  });

  it('makes up for a late timer, but not for a long pause', () => {
    let now = 0;
    const pacer = new Pacer({ rate: 1000, burst: 100, now: () => now });
    pacer.take(100);
    now = 50;
    expect(pacer.take(50)).toBe(0);
    now = 60_000;
    expect(pacer.take(100)).toBe(0);
    expect(pacer.take(1)).toBe(1);
  });

  it('lets a message through that is larger than the burst', () => {
    let now = 0;
    const pacer = new Pacer({ rate: 1000, burst: 10, now: () => now });
    expect(pacer.take(1010)).toBe(1000);
    now = 1000;
    expect(pacer.take(10)).toBe(10);
  });
});

describe('a pacer for payload', () => {
  /** Sends for ten seconds on a timer that is always late by so many ms. */
  function sentIn10s(mbps: number, size: number, lateness = 2): { mbps: number; atOnce: number } {
    let now = 0;
    const pacer = payloadPacer(mbps, size, () => now);
    let [messages, atOnce, most] = [0, 0, 0];
    while (now < 10_000) {
      const delay = pacer.take(size);
      if (delay > 0) {
        now += Math.ceil(delay) + lateness;
        atOnce = 0;
      }
      messages += 1;
      atOnce += 1;
      most = Math.max(most, atOnce);
    }
    return { mbps: (messages * size * 8) / 1e6 / 10, atOnce: most };
  }

  it.each([
    [5, 16_384],
    [100, 16_384],
    [262, 8192],
    [10, 65_536],
  ])('of %d Mbit/s in messages of %d bytes', (mbps, size) => {
    const sent = sentIn10s(mbps, size);
    expect(sent.mbps).toBeGreaterThan(mbps * 0.98);
    expect(sent.mbps).toBeLessThan(mbps * 1.15);
    // A bridge keeps 50.
    expect(sent.atOnce).toBeLessThan(15);
  });

  it('sends less, and no larger bursts, where the machine is late', () => {
    for (const lateness of [20, 100, 1_000]) {
      const sent = sentIn10s(100, 8_192, lateness);
      expect(sent.atOnce).toBeLessThan(15);
      expect(sent.mbps).toBeLessThan(100);
    }
  });
});
