import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Delivery } from '../../../../src/rtp/send/delivery.ts';

/** Numbers begin at 0xfffe; that many packets of 100 bytes. */
function sent(packets: number): Delivery {
  const delivery = new Delivery(() => Uint8Array.of(0xff, 0xfe));
  for (let packet = 0; packet < packets; packet++) delivery.sent(100, packet);
  return delivery;
}

const feedback = (
  baseSequenceNumber: number,
  arrivals: (number | undefined)[],
): Parameters<Delivery['receive']>[0] => ({
  baseSequenceNumber,
  referenceTime: 0,
  feedbackCount: 0,
  arrivals,
});

const figures = ({ acknowledged, lost }: Delivery): number[] => [acknowledged, lost];

describe('feedback', () => {
  it('is about packets over the wrap', () => {
    const delivery = sent(4);
    expect(delivery.nextSequenceNumber).toBe(2);
    delivery.receive(feedback(0xfffe, [0, undefined, 4, 8]), 1000);
    expect(figures(delivery)).toEqual([3, 1]);
    expect(delivery.bitrate(1000)).toBe(2400);
  });

  it('counts each packet once, and a late one as arrived', () => {
    const delivery = sent(4);
    delivery.receive(feedback(0xfffe, [0, undefined]), 1000);
    delivery.receive(feedback(0xfffe, [undefined, undefined, 8]), 1100);
    expect(figures(delivery)).toEqual([2, 1]);
    delivery.receive(feedback(0xffff, [12]), 1200);
    expect(figures(delivery)).toEqual([3, 0]);
  });

  it('about what was not sent is nothing', () => {
    const delivery = sent(2);
    delivery.receive(feedback(0xfffd, [0, 0, 0, 0, 0]), 1000);
    expect(figures(delivery)).toEqual([2, 0]);
    delivery.receive(feedback(0, [0, 0]), 1000);
    delivery.receive(feedback(0x8000, [0, undefined]), 1000);
    expect(figures(delivery)).toEqual([2, 0]);
    expect(figures(sent(0))).toEqual([0, 0]);
  });

  it('about what was sent long ago is nothing', () => {
    const delivery = sent(9000);
    delivery.receive(feedback(0xfffe, [0, 0]), 1000);
    expect(figures(delivery)).toEqual([0, 0]);
  });

  it('never throws', () => {
    const arrival = fc.option(fc.integer({ min: -1000, max: 1000 }), { nil: undefined });
    fc.assert(
      fc.property(
        fc.nat(20),
        fc.nat(0xffff),
        fc.array(arrival, { maxLength: 50 }),
        (packets, base, arrivals) => {
          const delivery = sent(packets);
          delivery.receive(feedback(base, arrivals), 0);
          return delivery.acknowledged + delivery.lost <= packets;
        },
      ),
      { seed: 20261126, numRuns: 500 },
    );
  });
});

describe('the bitrate', () => {
  it('is that of the last second', () => {
    const delivery = sent(30);
    for (let packet = 0; packet < 20; packet++)
      delivery.receive(feedback(0xfffe + packet, [0]), packet * 100);
    expect(delivery.bitrate(1900)).toBe(8000);
    expect(delivery.bitrate(2400)).toBe(4000);
    expect(delivery.bitrate(9000)).toBe(0);
  });
});
