/** AV1 temporal units of one layer to RTP payloads (RTP payload format for AV1 1.0, 4), with dependency descriptors. */
import { obuTypes, readObu } from './obu.ts';
import { buildDependencyDescriptor } from './dependency-descriptor.ts';
import { describeFrame } from '../describe-frame.ts';
import { leb128Length, writeLeb128 } from './leb128.ts';
import type { PacketizedPayload, Packetizer } from '../packetizer.ts';

interface Av1Packet {
  /** Units without sizes, or parts of them. */
  elements: Uint8Array[];
  isContinuation: boolean;
  isContinued: boolean;
}

/** Of an element in a payload of less than 16 KiB. */
const longestLengthField = 2;

export class Av1Packetizer implements Packetizer {
  readonly #maxPayload: number;
  #frameNumber = 0;

  constructor(maxPayload: number) {
    this.#maxPayload = maxPayload;
  }

  packetize(data: Uint8Array): PacketizedPayload[] {
    const packets = distribute(unitsWithoutSize(data), this.#maxPayload - 1);
    if (packets.length === 0) return [];
    const { keyFrame, size } = describeFrame('av1', data);
    const frameNumber = this.#frameNumber;
    this.#frameNumber = (frameNumber + 1) & 0xffff;
    return packets.map((packet, index) => {
      const isFirstPacket = index === 0;
      const isLastPacket = index === packets.length - 1;
      return {
        payload: payloadOf(packet, keyFrame && isFirstPacket),
        marker: isLastPacket,
        dependencyDescriptor: buildDependencyDescriptor({
          isFirstPacket,
          isLastPacket,
          keyFrame,
          frameNumber,
          size,
        }),
      };
    });
  }
}

/** Temporal delimiters are left out (4.4): timestamps do their work. What comes after a unit that cannot be read is left out too. */
function unitsWithoutSize(data: Uint8Array): Uint8Array[] {
  const units: Uint8Array[] = [];
  for (let offset = 0; offset < data.length; ) {
    const read = readObu(data, offset);
    if (!read) break;
    offset = read.end;
    const { type, header, payload } = read.obu;
    if (type === obuTypes.temporalDelimiter || type === obuTypes.tileList) continue;
    const unit = new Uint8Array(header.length + payload.length);
    unit.set(header);
    unit[0] = (header[0] ?? 0) & ~0x02;
    unit.set(payload, header.length);
    units.push(unit);
  }
  return units;
}

/** Fills packets one after the other; a unit goes on in the next where it does not fit. */
function distribute(units: readonly Uint8Array[], capacity: number): Av1Packet[] {
  const packets: Av1Packet[] = [];
  let packet: Av1Packet | undefined;
  let room = 0;
  for (const unit of units) {
    for (let offset = 0; offset < unit.length; ) {
      if (!packet || room <= longestLengthField) {
        if (packet) packet.isContinued = offset > 0;
        packet = { elements: [], isContinuation: offset > 0, isContinued: false };
        packets.push(packet);
        room = capacity;
      }
      const part = unit.subarray(offset, offset + room - longestLengthField);
      packet.elements.push(part);
      offset += part.length;
      room -= part.length + longestLengthField;
    }
  }
  return packets;
}

function payloadOf(packet: Av1Packet, isSequenceStart: boolean): Uint8Array {
  const { elements } = packet;
  /** W: the last of up to three goes without a length. */
  const count = elements.length <= 3 ? elements.length : 0;
  let length = 1;
  for (const [index, element] of elements.entries())
    length += element.length + (index + 1 === count ? 0 : leb128Length(element.length));
  const payload = new Uint8Array(length);
  payload[0] =
    (packet.isContinuation ? 0x80 : 0) |
    (packet.isContinued ? 0x40 : 0) |
    (count << 4) |
    (isSequenceStart ? 0x08 : 0);
  let offset = 1;
  for (const [index, element] of elements.entries()) {
    if (index + 1 !== count) offset = writeLeb128(payload, offset, element.length);
    payload.set(element, offset);
    offset += element.length;
  }
  return payload;
}
