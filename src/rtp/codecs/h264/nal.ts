/** NAL units (H.264, 7.3.1 and table 7-1), and how RTP carries them (RFC 6184, 5.2): alone, aggregated (STAP-A), in fragments (FU-A). */
import { readUint16 } from '../../bytes.ts';

export const nalTypes = { idr: 5, sei: 6, sps: 7, pps: 8, delimiter: 9, stapA: 24, fuA: 28 } as const;

export function nalType(header: number | undefined): number {
  return (header ?? 0) & 0x1f;
}

/** A part of a coded picture: slices and their partitions. */
export function isSlice(type: number): boolean {
  return type > 0 && type <= nalTypes.idr;
}

/** What no slice of the same picture comes before: where it follows slices, or nothing, a picture begins (H.264, 7.4.1.2.3). */
export function beginsAccessUnit(type: number): boolean {
  return (type >= nalTypes.sei && type <= nalTypes.delimiter) || (type >= 14 && type <= 18);
}

/** The type of the first unit that begins in a payload; 0 when none does. */
export function firstTypeIn(payload: Uint8Array): number {
  const type = nalType(payload[0]);
  if (type === nalTypes.stapA) return nalType(payload[3]);
  if (type !== nalTypes.fuA) return type;
  return (payload[1] ?? 0) & 0x80 ? nalType(payload[1]) : 0;
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
  const unit = new Uint8Array(payload.subarray(1));
  unit[0] = ((payload[0] ?? 0) & 0xe0) | nalType(fragment);
  return [unit];
}

/** The first slice of a picture that can be decoded without others: first_mb_in_slice, ue(v), is 0. */
export function isIdrStart(unit: Uint8Array): boolean {
  return nalType(unit[0]) === nalTypes.idr && ((unit[1] ?? 0) & 0x80) !== 0;
}
