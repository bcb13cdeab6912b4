/** NAL units (H.264, 7.3.1 and table 7-1), and how RTP carries them (RFC 6184, 5.2): alone, aggregated (STAP-A), in fragments (FU-A). */
import { readUint16 } from '../bytes.ts';

export const nalTypes = { idr: 5, sps: 7, delimiter: 9, stapA: 24, fuA: 28 } as const;

export function nalType(header: number | undefined): number {
  return (header ?? 0) & 0x1f;
}

/** The units of an aggregation packet (5.7.1); undefined when it is cut short. */
export function unitsOfStapA(payload: Uint8Array): Uint8Array[] | undefined {
  const units: Uint8Array[] = [];
  for (let offset = 1; offset < payload.length; ) {
    const length = readUint16(payload, offset);
    offset += 2;
    if (length === 0 || offset + length > payload.length) return undefined;
    units.push(payload.subarray(offset, offset + length));
    offset += length;
  }
  return units.length > 0 ? units : undefined;
}

/** What begins in a payload: whole units, or the start of one in fragments with its header put back. */
export function unitsBeginningIn(payload: Uint8Array): Uint8Array[] {
  const type = nalType(payload[0]);
  if (type > 0 && type < nalTypes.stapA) return [payload];
  if (type === nalTypes.stapA) return unitsOfStapA(payload) ?? [];
  const fragment = payload[1] ?? 0;
  if (type !== nalTypes.fuA || (fragment & 0x80) === 0) return [];
  const unit = payload.slice(1);
  unit[0] = ((payload[0] ?? 0) & 0xe0) | nalType(fragment);
  return [unit];
}

/** The first slice of a picture that can be decoded without others: first_mb_in_slice, ue(v), is 0. */
export function isIdrStart(unit: Uint8Array): boolean {
  return nalType(unit[0]) === nalTypes.idr && ((unit[1] ?? 0) & 0x80) !== 0;
}
