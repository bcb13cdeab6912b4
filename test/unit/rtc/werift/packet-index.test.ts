import { describe, expect, it } from 'vitest';
import { PacketIndex } from '../../../../src/rtc/werift/packet-index.ts';

describe('the index of a packet', () => {
  it('counts the wraps of the sequence number, also when hundreds of packets are lost around one', () => {
    const index = new PacketIndex();
    for (const [sequenceNumber, expected] of [
      [65_000, 65_000],
      [500, 66_036],
      [65_500, 65_500],
      [33_000, 98_536],
      [100, 131_172],
    ] as const) {
      expect(index.of(sequenceNumber)).toBe(expected);
      index.take(expected);
    }
  });

  it('is below zero before the first wrap for what is older than the first packet by a wrap', () => {
    const index = new PacketIndex();
    index.take(index.of(3));
    expect(index.of(65_535)).toBe(-1);
    expect(index.isNew(-1)).toBe(false);
  });

  it('knows what has come, and takes nothing that is too old to know', () => {
    const index = new PacketIndex();
    for (const taken of [1000, 1001, 1003]) index.take(taken);
    const isNew = [876, 875, 1000, 1001, 1002, 1003, 1004].map((each) => index.isNew(each));
    expect(isNew).toEqual([true, false, false, false, true, false, true]);
    index.take(1002);
    expect(index.isNew(1002)).toBe(false);
    index.take(1003 + 128);
    expect(index.isNew(1003)).toBe(false);
    expect(index.isNew(1004)).toBe(true);
  });
});
