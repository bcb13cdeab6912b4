import { describe, expect, it } from 'vitest';
import {
  randomBetween,
  type RandomBytes,
  randomHex,
  randomToken,
  randomUint32,
  randomUuid,
  systemRandom,
} from '../../../src/base/random.ts';
import { seededRandom } from '../../support/random.ts';

const constant =
  (byte: number): RandomBytes =>
  (size) =>
    new Uint8Array(size).fill(byte);

describe('random values', () => {
  it('come from the bytes they are given', () => {
    expect(randomHex(constant(0x0a), 5)).toBe('0a0a0');
    expect(randomHex(constant(0), 0)).toBe('');
    expect(randomToken(constant(36), 3)).toBe('aaa');
    expect(randomUint32(constant(1))).toBe(0x01010101);
    expect(randomBetween(constant(0x80), 10, 20)).toBeCloseTo(15, 1);
  });

  it('are version 4 UUIDs (RFC 9562, 5.4)', () => {
    expect(randomUuid(constant(0xff))).toBe('ffffffff-ffff-4fff-bfff-ffffffffffff');
    expect(randomUuid(constant(0))).toBe('00000000-0000-4000-8000-000000000000');
    expect(randomUuid(seededRandom(1))).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });

  it('are never zero where an SSRC may not be', () => {
    expect(randomUint32(constant(0))).toBe(1);
    expect(randomUint32(constant(0xff))).toBe(2 ** 32 - 1);
  });

  it('stay below the upper bound', () => {
    expect(randomBetween(constant(0xff), 0, 1)).toBeLessThan(1);
    expect(randomBetween(constant(0), 5, 6)).toBeGreaterThanOrEqual(5);
  });

  it('differ from call to call', () => {
    for (const random of [systemRandom, seededRandom(1)]) {
      const tokens = new Set(Array.from({ length: 100 }, () => randomToken(random, 16)));
      expect(tokens.size).toBe(100);
      for (const token of tokens) expect(token).toMatch(/^[a-z0-9]{16}$/);
    }
  });
});
