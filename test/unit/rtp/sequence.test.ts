import { describe, expect, it } from 'vitest';
import { sequenceDistance, SequenceUnwrapper } from '../../../src/rtp/sequence.ts';

describe('sequence numbers', () => {
  it.each([
    [0, 1, 1],
    [0xffff, 0, 1],
    [0, 0xffff, -1],
    [5, 5, 0],
    [0, 0x7fff, 0x7fff],
    [0, 0x8000, -0x8000],
    [0xfff0, 0x10, 0x20],
  ])('from %i to %i are %i apart', (from, to, distance) => {
    expect(sequenceDistance(from, to)).toBe(distance);
  });

  it('are unwrapped, reordered or not, for ever', () => {
    const unwrapper = new SequenceUnwrapper();
    expect(unwrapper.highest).toBeUndefined();
    const start = 65_000;
    for (let number = start; number < start + 300_000; number += 700) {
      expect(unwrapper.unwrap(number & 0xffff)).toBe(number);
      if (number % 3 === 0) expect(unwrapper.unwrap((number - 30_000) & 0xffff)).toBe(number - 30_000);
      expect(unwrapper.highest).toBe(number);
    }
  });

  it('before the first one are negative if they must be', () => {
    const unwrapper = new SequenceUnwrapper();
    expect(unwrapper.unwrap(1)).toBe(1);
    expect(unwrapper.unwrap(0xffff)).toBe(-1);
    expect(unwrapper.highest).toBe(1);
  });

  it('go on above another number', () => {
    for (const [after, sequence, value] of [
      [0xffff, 5, 0x10005],
      [0x10004, 5, 0x10005],
      [0x10005, 5, 0x20005],
      [-1, 0, 0],
    ] as const)
      expect(new SequenceUnwrapper(after).unwrap(sequence)).toBe(value);
  });

  it('that are only looked at do not count', () => {
    const unwrapper = new SequenceUnwrapper();
    expect(unwrapper.peek(9)).toBe(9);
    expect(unwrapper.highest).toBeUndefined();
    unwrapper.unwrap(0xffff);
    expect(unwrapper.peek(3)).toBe(0x10003);
    expect(unwrapper.highest).toBe(0xffff);
  });
});
