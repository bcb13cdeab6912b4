import { describe, expect, it } from 'vitest';
import { absoluteSendTime, middleOf, roundTripTime, toNtp } from '../../../src/rtp/ntp.ts';

describe('NTP', () => {
  it('counts from 1900', () => {
    // RFC 5905, figure 4: the first day of Unix
    expect(toNtp(0)).toEqual({ seconds: 2_208_988_800, fraction: 0 });
    expect(toNtp(1500)).toEqual({ seconds: 2_208_988_801, fraction: 2 ** 31 });
  });

  it('wraps in 2036', () => {
    const end = (2 ** 32 - 2_208_988_800) * 1000;
    expect(toNtp(end - 1000).seconds).toBe(2 ** 32 - 1);
    expect(toNtp(end + 250)).toEqual({ seconds: 0, fraction: 2 ** 30 });
  });

  it('is told by its middle', () => {
    expect(middleOf({ seconds: 0xb705_1234, fraction: 0x8000_ffff })).toBe(0x1234_8000);
    expect(middleOf({ seconds: 0xffff_ffff, fraction: 0xffff_ffff })).toBe(0xffff_ffff);
  });
});

describe('the round-trip time', () => {
  it('is what the example of RFC 3550, 6.4.1 says', () => {
    // A = 0xb710:8000 (46864.500 s), LSR 0xb705:2000 (46853.125 s), DLSR 0x0005:4000 (5.250 s): 6.125 s
    const seconds = 0xb44d_b710;
    const now = (seconds - 2_208_988_800) * 1000 + 500;
    expect(roundTripTime(now, 0xb705_2000, 0x0005_4000)).toBe(6125);
  });

  it('is unknown without a report, and never negative', () => {
    const now = 1_700_000_000_000;
    const sent = middleOf(toNtp(now));
    expect(roundTripTime(now, 0, 0)).toBeUndefined();
    expect(roundTripTime(now, sent, 1)).toBe(0);
    expect(roundTripTime(now, sent, 65_536)).toBeUndefined();
  });

  it('goes on over the wrap of the middle', () => {
    const now = (0x1_0000 * 40_000 - 2_208_988_800) * 1000;
    expect(roundTripTime(now + 100, middleOf(toNtp(now - 100)), 0)).toBeCloseTo(200, 0);
  });
});

it('the time of sending has 6 bits of seconds and 18 of their parts', () => {
  expect(absoluteSendTime(0)).toBe(0);
  expect(absoluteSendTime(1500)).toBe(0x06_0000);
  expect(absoluteSendTime(64_000 + 63_999.999)).toBe(0xff_ffff);
});
