/** H264 access units to RTP payloads (RFC 6184, packetization-mode 1): NAL units alone, aggregated while they fit, or in fragments. */
import { writeUint16 } from '../../bytes.ts';
import { unitsOfAnnexB } from './annex-b.ts';
import { nalType, nalTypes } from './nal.ts';
import type { PacketizedPayload } from '../packetizer.ts';
import { splitEvenly } from '../bytes/split.ts';

const fragmentHead = 2;

export function packetizeH264(data: Uint8Array, maxPayload: number): PacketizedPayload[] {
  const payloads: Uint8Array[] = [];
  let together: Uint8Array[] = [];
  let length = 1;
  const flush = (): void => {
    if (together.length > 0) payloads.push(aggregate(together, length));
    together = [];
    length = 1;
  };
  for (const unit of unitsOfAnnexB(data)) {
    if (length + 2 + unit.length > maxPayload) flush();
    if (unit.length > maxPayload) {
      payloads.push(...fragments(unit, maxPayload));
      continue;
    }
    together.push(unit);
    length += 2 + unit.length;
  }
  flush();
  return payloads.map((payload, index) => ({ payload, marker: index === payloads.length - 1 }));
}

/** STAP-A (5.7.1); one unit goes as it is. */
function aggregate(units: readonly Uint8Array[], length: number): Uint8Array {
  const [first] = units;
  if (first && units.length === 1) return first;
  const payload = new Uint8Array(length);
  let head = 0;
  let offset = 1;
  for (const unit of units) {
    // F of any, the greatest NRI.
    const header = unit[0] ?? 0;
    head = ((head | header) & 0x80) | Math.max(head & 0x60, header & 0x60);
    writeUint16(payload, offset, unit.length);
    payload.set(unit, offset + 2);
    offset += 2 + unit.length;
  }
  payload[0] = head | nalTypes.stapA;
  return payload;
}

/** FU-A (5.8). The unit's own header is in those of its fragments. */
function fragments(unit: Uint8Array, maxPayload: number): Uint8Array[] {
  const header = unit[0] ?? 0;
  const pieces = splitEvenly(unit.subarray(1), maxPayload - fragmentHead);
  return pieces.map((piece, index) => {
    const payload = new Uint8Array(fragmentHead + piece.length);
    payload[0] = (header & 0xe0) | nalTypes.fuA;
    payload[1] = nalType(header) | (index === 0 ? 0x80 : 0) | (index === pieces.length - 1 ? 0x40 : 0);
    payload.set(piece, fragmentHead);
    return payload;
  });
}
