import { setImmediate as reading } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../../../src/rtc/thread/messages.ts';
import { unpackReceived } from '../../../../src/rtc/thread/received-batch.ts';
import { clockFrom } from '../../../../src/rtc/thread/worker/thread-clock.ts';
import { Outbox } from '../../../../src/rtc/thread/worker/outbox.ts';
import { steadyClock } from '../../../../src/base/clock.ts';
import { offered, opus, vp8Packet } from '../../../support/fake-rtp.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

class Rig {
  readonly told: string[] = [];
  readonly clock = new ManualClock(1_000);
  readonly taken = new SharedArrayBuffer(8);
  readonly outbox = new Outbox(
    (report, transfer) => {
      this.told.push(report.name === 'packets' ? this.#packets(report.batches, transfer) : report.name);
    },
    this.taken,
    this.clock,
  );

  #packets(batches: readonly ArrayBuffer[], transfer: readonly ArrayBuffer[]): string {
    expect(transfer).toEqual(batches);
    const all = batches.map((batch) => {
      const numbers: string[] = [];
      unpackReceived(
        batch,
        (_, codec) => offered.codecs[codec],
        (stream, { sequenceNumber }) => numbers.push(`${stream}:${sequenceNumber}`),
      );
      return numbers.join(' ');
    });
    return all.join(' and ');
  }
}

const keyFrameRequested: Report = { name: 'keyFrameRequested', link: 1, ssrc: 1 };

describe('what a thread tells the other', () => {
  it('is told once for all packets that were read together, sound and video apart', async () => {
    const { clock, outbox, told } = new Rig();
    outbox.packet(1, 1, vp8Packet(11, 1, true));
    outbox.packet(2, 0, { ...vp8Packet(12, 5, true), codec: opus });
    outbox.packet(1, 1, vp8Packet(11, 2, false));
    expect(told).toEqual([]);
    await reading();
    expect(told).toEqual(['2:5 and 1:1 1:2']);
    clock.advance(7);
    outbox.packet(1, 1, vp8Packet(11, 3, true));
    outbox.packet(1, 1, vp8Packet(11, 4, true));
    await reading();
    // Waking the other so soon again is not worth it.
    expect(told).toHaveLength(1);
    clock.advance(3);
    expect(told.splice(1)).toEqual(['1:3 1:4']);
    clock.advance(10);
    outbox.packet(1, 1, vp8Packet(11, 5, true));
    await reading();
    expect(told.splice(1)).toEqual(['1:5']);
    expect(clock.pending).toBe(0);
  });

  it('keeps its order', async () => {
    const { outbox, told } = new Rig();
    outbox.packet(1, 1, vp8Packet(11, 1, true));
    outbox.tell(keyFrameRequested);
    outbox.packet(1, 1, vp8Packet(11, 2, true));
    await reading();
    expect(told).toEqual(['1:1', 'keyFrameRequested', '1:2']);
  });

  it('is too much when the other takes nothing in', () => {
    const { outbox, taken, told } = new Rig();
    const payload = new Uint8Array(2 ** 20);
    const megabytes = (count: number): void => {
      for (let index = 0; index < count; index += 1) {
        outbox.packet(1, 1, { ...vp8Packet(11, index, true), payload });
        outbox.tell(keyFrameRequested);
      }
    };
    megabytes(31);
    expect(outbox.isFull).toBe(false);
    megabytes(2);
    expect(outbox.isFull).toBe(true);
    const before = told.length;
    outbox.mention(keyFrameRequested);
    expect(told).toHaveLength(before);
    outbox.tell(keyFrameRequested);
    expect(told).toHaveLength(before + 1);
    new Float64Array(taken)[0] = 2 * 2 ** 20;
    expect(outbox.isFull).toBe(false);
  });
});

describe('the clock of a thread', () => {
  it('says what that of the other says', () => {
    const clock = clockFrom({ now: steadyClock.now(), hrtime: Number(process.hrtime.bigint()) / 1e6 });
    const before = steadyClock.now();
    const now = clock.now();
    expect(now).toBeGreaterThan(before - 1_000);
    expect(now).toBeLessThan(steadyClock.now() + 1_000);
  });
});
