/** RTP payloads to H264 access units (RFC 6184, 5.6 to 5.8), as browsers send them: no interleaving, so no STAP-B, MTAP and FU-B. */
import { startCode } from './annex-b.ts';
import type { DepacketizedFrame, Depacketizer, FramePosition } from './depacketizer.ts';
import type { FrameSize } from './frame-size.ts';
import { nalType, nalTypes, unitsOfStapA } from './h264-nal.ts';
import { h264FrameSize } from './h264-sps.ts';
import { joinBytes } from './join-bytes.ts';

/** Of a picture, far more than encoders make. */
const mostUnits = 5000;

export class H264Depacketizer implements Depacketizer {
  position: FramePosition | undefined;
  /** With start codes. */
  #parts: Uint8Array[] = [];
  #isInFragments = false;
  #size: FrameSize | undefined;

  /** Nothing marks the first packet. After a gap only what must be the first is taken for it: a key frame's is, others are of no use then. */
  add(payload: Uint8Array, isAfterGap: boolean): boolean {
    this.position ??= { keyFrame: false };
    const type = nalType(payload[0]);
    if (isAfterGap && this.#parts.length === 0 && !beginsPicture(payload)) return false;
    if (type === nalTypes.fuA) return this.#addFragment(payload);
    if (this.#isInFragments || type === 0 || type > nalTypes.stapA) return false;
    const units = type === nalTypes.stapA ? unitsOfStapA(payload) : [payload];
    if (!units || this.#parts.length + units.length * 2 > mostUnits * 2) return false;
    for (const unit of units) this.#addUnit(unit);
    return true;
  }

  finish(): DepacketizedFrame | undefined {
    const { position } = this;
    const parts = this.#parts;
    const size = this.#size;
    const isWhole = parts.length > 0 && !this.#isInFragments;
    this.position = undefined;
    this.#parts = [];
    this.#isInFragments = false;
    this.#size = undefined;
    return position && isWhole ? { data: joinBytes(parts), position, size } : undefined;
  }

  #addUnit(unit: Uint8Array): void {
    this.#noteType(nalType(unit[0]));
    if (nalType(unit[0]) === nalTypes.sps) this.#size = h264FrameSize(unit);
    this.#parts.push(startCode, unit);
  }

  #addFragment(payload: Uint8Array): boolean {
    const head = payload[1] ?? 0;
    const isStart = (head & 0x80) !== 0;
    if (payload.length < 3 || isStart === this.#isInFragments) return false;
    if (isStart) {
      this.#noteType(nalType(head));
      this.#parts.push(startCode, Uint8Array.of(((payload[0] ?? 0) & 0xe0) | nalType(head)));
    }
    this.#parts.push(payload.subarray(2));
    this.#isInFragments = (head & 0x40) === 0;
    return true;
  }

  #noteType(type: number): void {
    if (type === nalTypes.idr) this.position = { keyFrame: true };
  }
}

/** With a delimiter, or the sequence parameter set. */
function beginsPicture(payload: Uint8Array): boolean {
  const isAggregate = nalType(payload[0]) === nalTypes.stapA;
  const type = nalType(payload[isAggregate ? 3 : 0]);
  return type === nalTypes.delimiter || type === nalTypes.sps;
}
