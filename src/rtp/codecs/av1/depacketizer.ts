/** RTP payloads to AV1 temporal units (RTP payload format for AV1 1.0, 4), with a delimiter and sizes as files have them. */
import { obuTypes, parseAv1Payload, readObu } from './obu.ts';
import { av1FrameSize } from './sequence-header.ts';
import type { DepacketizedFrame, Depacketizer, FramePosition } from '../depacketizer.ts';
import type { FrameSize } from '../frame-size.ts';
import { joinBytes } from '../bytes/join-bytes.ts';
import { leb128Length, writeLeb128 } from './leb128.ts';

/** Of a temporal unit: each tile may have one, and those are at most 4096. */
const mostUnits = 5000;
const temporalDelimiter = Uint8Array.of(0x12, 0);

export class Av1Depacketizer implements Depacketizer {
  position: FramePosition | undefined;
  /** Of the unit under way. */
  #elements: Uint8Array[] = [];
  #units: Uint8Array[] = [];

  add(payload: Uint8Array): boolean {
    const parsed = parseAv1Payload(payload);
    if (!parsed) return false;
    this.position ??= { keyFrame: false };
    // Not of the first packet where that holds a temporal delimiter alone.
    if (parsed.isSequenceStart) this.position = { keyFrame: true };
    if (parsed.isContinuation !== this.#elements.length > 0) return false;
    if (this.#units.length + parsed.elements.length > mostUnits) return false;
    for (const [index, element] of parsed.elements.entries()) {
      this.#elements.push(element);
      if (parsed.isContinued && index === parsed.elements.length - 1) break;
      this.#units.push(joinBytes(this.#elements));
      this.#elements = [];
    }
    return true;
  }

  finish(): DepacketizedFrame | undefined {
    const { position } = this;
    const units = this.#units;
    const isWhole = units.length > 0 && this.#elements.length === 0;
    this.position = undefined;
    this.#elements = [];
    this.#units = [];
    return position && isWhole ? temporalUnit(units, position) : undefined;
  }
}

function temporalUnit(units: readonly Uint8Array[], position: FramePosition): DepacketizedFrame | undefined {
  const parts: Uint8Array[] = [temporalDelimiter];
  let size: FrameSize | undefined;
  for (const unit of units) {
    const obu = readObu(unit, 0)?.obu;
    if (!obu) return undefined;
    if (obu.type === obuTypes.temporalDelimiter) continue;
    if (obu.type === obuTypes.sequenceHeader) size = av1FrameSize(obu.payload);
    const head = new Uint8Array(obu.header.length + leb128Length(obu.payload.length));
    head.set(obu.header);
    head[0] = (head[0] ?? 0) | 0x02;
    writeLeb128(head, obu.header.length, obu.payload.length);
    parts.push(head, obu.payload);
  }
  return parts.length > 1 ? { data: joinBytes(parts), position, size } : undefined;
}
