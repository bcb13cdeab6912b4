/** Google congestion control over an emulated link in virtual time, by the scenarios of RFC 8867 that one flow has. */
import { describe, expect, it } from 'vitest';
import { CongestionController } from '../../../../../src/rtp/send/congestion/controller.ts';
import { congestionRun, mean } from '../../../../support/congestion/run.ts';

const mbit = 1_000_000;
const low = { start: 300_000, least: 30_000, most: 20 * mbit };

describe('the rate that is allowed', () => {
  it('follows a capacity that changes (RFC 8867, 5.1), and the queue stays short', () => {
    const phases = [
      { from: 0, to: 40, capacity: mbit },
      { from: 40, to: 60, capacity: 2.5 * mbit },
      { from: 60, to: 80, capacity: 0.6 * mbit },
      { from: 80, to: 100, capacity: mbit },
    ];
    const rate = (now: number): number => phases.find((phase) => now < phase.to * 1_000)?.capacity ?? mbit;
    const seconds = congestionRun({ duration: 100, rate, congestion: low });
    for (const { capacity, from, to } of phases) {
      const middle = (from + to) / 2;
      expect(mean(seconds, 'arrived', middle, to), `from ${from} s on`).toBeGreaterThan(0.6 * capacity);
      expect(mean(seconds, 'estimate', middle, to), `from ${from} s on`).toBeLessThan(1.1 * capacity);
      expect(mean(seconds, 'waited', middle, to), `from ${from} s on`).toBeLessThan(100);
    }
  });

  it.each([
    ['3 % of the packets are lost', { rate: (): number => mbit, loss: () => 0.03 }, mbit],
    ['packets are up to 30 ms late', { rate: (): number => 2 * mbit, jitter: 30 }, 2 * mbit],
    ['the way is 300 ms long', { rate: (): number => mbit, delay: 300 }, mbit],
    ['one packet in ten is overtaken', { rate: (): number => 2 * mbit, overtaken: 0.1 }, 2 * mbit],
    ['the queue is short', { rate: (): number => mbit, queue: 40 }, mbit],
  ])('finds the capacity where %s', (_, link, capacity) => {
    const seconds = congestionRun({ duration: 60, ...link });
    expect(mean(seconds, 'arrived', 30, 60)).toBeGreaterThan(0.55 * capacity);
    expect(mean(seconds, 'estimate', 30, 60)).toBeLessThan(1.15 * capacity);
    expect(mean(seconds, 'waited', 30, 60)).toBeLessThan(150);
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

  it.each([1, 2])(
    'is found by a video that begins after half a minute of sound, at %i Mbit/s',
    (capacity) => {
      const seconds = congestionRun({
        duration: 90,
        rate: () => capacity * mbit,
        wanted: (now) => (now < 30_000 ? 40_000 : Infinity),
      });
      expect(mean(seconds, 'arrived', 60, 90)).toBeGreaterThan(0.6 * capacity * mbit);
      expect(mean(seconds, 'estimate', 60, 90)).toBeLessThan(1.15 * capacity * mbit);
    },
  );

  it('is never so low for good that nothing is sent', () => {
    // Sound alone, while others fill the way for a second.
    const seconds = congestionRun({
      duration: 120,
      rate: (now) => (now > 10_000 && now < 11_000 ? 30_000 : 10 * mbit),
      wanted: () => 40_000,
    });
    expect(seconds[119]?.estimate).toBeGreaterThan(250_000);
  });

  it('stays near what is sent where that is less than what fits', () => {
    const seconds = congestionRun({ duration: 30, wanted: () => 1.6 * mbit });
    expect(mean(seconds, 'arrived', 10, 30)).toBeGreaterThan(1.5 * mbit);
    expect(mean(seconds, 'estimate', 10, 30)).toBeGreaterThan(2 * mbit);
    expect(mean(seconds, 'estimate', 10, 30)).toBeLessThan(3 * mbit);
  });
});

describe('a controller', () => {
  it('begins where it is told, and keeps its limits', () => {
    const controller = new CongestionController({ start: mbit, least: 200_000, most: 2 * mbit });
    expect(controller.bitrate).toBe(mbit);
    expect(controller.throughput).toBeUndefined();
    let now = 0;
    const feed = (seconds: number, arrives: (packet: number) => number | undefined): void => {
      for (let feedback = 0; feedback < seconds * 10; feedback++) {
        const results = Array.from({ length: 20 }, (_, packet) => {
          const sent = now + packet * 5;
          const late = arrives(packet);
          return { sent, bytes: 1_200, arrival: late === undefined ? undefined : sent + late };
        });
        now += 100;
        controller.feedback(results, now + 50);
      }
    };
    feed(60, () => 20);
    expect(controller.bitrate).toBe(2 * mbit);
    expect(controller.throughput).toBeCloseTo(1.92 * mbit, -5);
    feed(30, (packet) => (packet % 2 === 0 ? 20 : undefined));
    expect(controller.bitrate).toBe(200_000);
    expect(controller.fractionLost).toBe(0.5);
  });

  it('allows less and less while nothing is heard of what is sent, and not for a pause of ours', () => {
    const controller = new CongestionController();
    for (let now = 0; now < 10_000; now += 20) expect(controller.sent(now)).toBe(false);
    const start = controller.bitrate;
    controller.feedback([{ sent: 9_900, bytes: 1_000, arrival: 9_950 }], 10_000);
    expect(controller.sent(60_000)).toBe(false);
    const told: number[] = [];
    for (let now = 60_000; now < 64_000; now += 20) if (controller.sent(now)) told.push(now - 60_000);
    expect(told).toEqual([2_000, 2_500, 3_000, 3_500]);
    expect(controller.bitrate).toBeCloseTo(start * 0.8 ** 4, -3);
  });

  it('learns nothing from feedback without packets, nor from a clock that goes backwards', () => {
    const controller = new CongestionController();
    controller.feedback([], 0);
    for (let packet = 0; packet < 200; packet++)
      controller.feedback(
        [{ sent: packet * 10, bytes: 1_200, arrival: 1_000_000 - packet * 10 }],
        packet * 10,
      );
    expect(controller.usage).toBe('normal');
    expect(controller.bitrate).toBeGreaterThan(2 * mbit);
  });
});
