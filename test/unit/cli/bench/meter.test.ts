import { describe, expect, it } from 'vitest';
import { LatencyHistogram } from '../../../../src/cli/bench/measuring/latency.ts';
import { Meter } from '../../../../src/cli/bench/measuring/meter.ts';
import { noCounts } from '../../../../src/cli/bench/measuring/tally.ts';

function endpoint() {
  return {
    receiver: {
      counts: { ...noCounts },
      before: 0,
      latency: new LatencyHistogram(),
      clockError: 0,
      seconds: 0,
      isRunning: true,
    },
    sender: { sent: 0, seconds: 0, isRunning: false },
  };
}

describe('a meter', () => {
  it('begins with the first message, and tells each second and the whole', () => {
    let now = 0;
    const one = endpoint();
    const meter = new Meter([one], 1000, () => now);
    now = 1000;
    expect(meter.look()).toBeUndefined();
    expect(meter.isEmpty).toBe(true);
    now = 2000;
    one.sender.sent = 250;
    one.sender.seconds = 0.25;
    expect(meter.look()).toMatchObject({
      type: 'rate',
      at: 0.25,
      seconds: 0.25,
      sent: { messages: 250, mbps: 8 },
    });
    now = 3000;
    one.sender.sent = 1250;
    one.sender.seconds = 1.25;
    expect(meter.look()).toMatchObject({ at: 1.25, seconds: 1, sent: { messages: 1000, mbps: 8 } });
    // It ended in the middle of that second.
    now = 4000;
    one.sender.sent = 1750;
    one.sender.seconds = 1.75;
    expect(meter.look(true)).toMatchObject({ at: 1.75, seconds: 0.5, sent: { messages: 500, mbps: 8 } });
    expect(meter.look(true)).toBeUndefined();
    expect(meter.summary()).toEqual({
      type: 'summary',
      size: 1000,
      seconds: 1.75,
      sent: { messages: 1750, bytes: 1_750_000, mbps: 8 },
      received: { messages: 0, bytes: 0, mbps: 0, lost: 0, duplicated: 0, reordered: 0 },
    });
  });

  it('adds up endpoints, with the latencies of all', () => {
    let now = 0;
    const [one, two] = [endpoint(), endpoint()];
    const meter = new Meter([one, two], 8192, () => now);
    now = 1000;
    one.receiver.counts = { messages: 90, bytes: 9000, lost: 10, duplicated: 1, reordered: 2 };
    two.receiver.counts = { messages: 100, bytes: 10_000, lost: 0, duplicated: 0, reordered: 0 };
    two.receiver.seconds = 1;
    two.receiver.clockError = 3;
    for (const ms of [1, 2, 3]) one.receiver.latency.add(ms);
    two.receiver.latency.add(100);
    const received = { messages: 190, bytes: 19_000, mbps: 0.152, lost: 10, duplicated: 1, reordered: 2 };
    expect(meter.look()).toMatchObject({ received, latency: { max: 100, error: 3 } });
    now = 2000;
    expect(meter.look()).toMatchObject({ received: { messages: 0, lost: 0 } });
    expect(meter.look()).not.toHaveProperty('latency');
    // Nothing was sent: the size is that of what came.
    expect(meter.summary()).toMatchObject({ size: 100, received, latency: { max: 100, error: 3 } });
  });

  it('tells a rate of the time in which something was sent or came, and no point of what is idle after it', () => {
    let now = 0;
    const one = endpoint();
    const meter = new Meter([one], 1000, () => now);
    now = 1000;
    one.sender.isRunning = true;
    [one.sender.sent, one.sender.seconds] = [1000, 1];
    expect(meter.look()).toMatchObject({ at: 1, seconds: 1, sent: { mbps: 8 } });
    // It has ended in the middle of this second.
    now = 2000;
    one.sender.isRunning = false;
    [one.sender.sent, one.sender.seconds] = [1500, 1.5];
    expect(meter.look()).toMatchObject({ at: 1.5, seconds: 0.5, sent: { messages: 500, mbps: 8 } });
    now = 3000;
    expect(meter.look()).toBeUndefined();
    expect(meter.look(true)).toBeUndefined();
  });

  it('tells of pauses while more may come', () => {
    let now = 0;
    const one = endpoint();
    const meter = new Meter([one], 1000, () => now);
    const { receiver } = one;
    now = 1000;
    [receiver.counts, receiver.seconds] = [{ ...noCounts, messages: 10, bytes: 10_000 }, 0.3];
    expect(meter.look()).toMatchObject({ at: 0.3 });
    now = 2000;
    expect(meter.look()).toMatchObject({ at: 1.3, seconds: 1, received: { messages: 0, mbps: 0 } });
    now = 3000;
    [receiver.counts, receiver.seconds] = [{ ...noCounts, messages: 30, bytes: 30_000 }, 1.8];
    receiver.isRunning = false;
    expect(meter.look()).toMatchObject({ at: 1.8, seconds: 0.5, received: { messages: 20 } });
    expect(meter.look(true)).toBeUndefined();
    receiver.before = 7;
    expect(meter.summary()).toMatchObject({ received: { messages: 30, before: 7 } });
  });
});
