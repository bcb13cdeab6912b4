/** Times of the clock, in ms since 1970, as RTCP has them (RFC 3550, 4). */
import type { NtpTime } from './rtcp.ts';

/** Seconds from 1900 to 1970. */
const epoch = 2_208_988_800;

export function toNtp(now: number): NtpTime {
  const seconds = Math.floor(now / 1000);
  return {
    seconds: (seconds + epoch) % 2 ** 32,
    fraction: Math.floor(((now - seconds * 1000) / 1000) * 2 ** 32),
  };
}

/** The middle 32 bits: units of 1/65536 s. */
export function middleOf({ seconds, fraction }: NtpTime): number {
  return (seconds % 2 ** 16) * 2 ** 16 + Math.floor(fraction / 2 ** 16);
}

/**
 * ms from a sender report to the receiver report that answers it, less what the receiver took (RFC 3550, 6.4.1). Undefined without an
 * answered report, or when it cannot be.
 */
export function roundTripTime(now: number, lastSenderReport: number, delay: number): number | undefined {
  if (lastSenderReport === 0) return undefined;
  const units = (middleOf(toNtp(now)) - lastSenderReport - delay) | 0;
  // Clocks of 1/65536 s may be off by one each.
  if (units < -2) return undefined;
  return (Math.max(0, units) * 1000) / 2 ** 16;
}

/** The abs-send-time header extension: 24 bits, 6 of them for seconds. */
export function absoluteSendTime(now: number): number {
  return Math.floor((now / 1000) * 2 ** 18) % 2 ** 24;
}
