import { describe, expect, it } from 'vitest';
import { randomBetween } from '../../../src/base/random.ts';
import { seededRandom } from '../../support/random.ts';
import { PacketIndex, PacketIndices } from '../../../src/srtp/packet-index.ts';

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

  it('knows the same of any packets as a list of all would', () => {
    const random = seededRandom(5);
    const index = new PacketIndex();
    const taken = new Set<number>();
    let highest = 0;
    for (let packet = 0; packet < 5_000; packet++) {
      const jump = packet % 100 === 0 ? 400 : 3;
      const next = Math.max(0, Math.round(highest + randomBetween(random, -150, jump)));
      expect(index.isNew(next)).toBe(next > highest - 128 && !taken.has(next));
      if (!index.isNew(next)) continue;
      index.take(next);
      taken.add(next);
      highest = Math.max(highest, next);
    }
  });
});

describe('the indices of all sources', () => {
  it('are bounded, and those of sources that go on are kept', () => {
    const indices = new PacketIndices();
    const take = (ssrc: number, sequenceNumber: number): number => {
      const index = indices.of(ssrc);
      const value = index.of(sequenceNumber);
      index.take(value);
      indices.keep(ssrc, index);
      return value;
    };
    take(7, 65_535);
    for (let ssrc = 100; ssrc < 100_000; ssrc++) {
      take(ssrc, 1);
      if (ssrc % 1000 === 0) take(7, ssrc / 1000);
    }
    expect(take(7, 200)).toBe(65_536 + 200);
    expect(indices.size).toBeLessThanOrEqual(16_384);
    expect(indices.size).toBeGreaterThan(8_000);
  });

  it('are not kept before they are known to be of the other side', () => {
    const indices = new PacketIndices();
    indices.of(1).take(5);
    expect(indices.of(1).isNew(5)).toBe(true);
  });
});
