import { describe, expect, it } from 'vitest';
import { CongestionController } from '../../../../../src/rtp/send/congestion/controller.ts';

const mbit = 1_000_000;

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
    expect(controller.bitrate).toBeGreaterThanOrEqual(0.3 * mbit);
  });
});
