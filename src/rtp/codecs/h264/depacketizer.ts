/** RTP payloads to H264 access units (RFC 6184, 5.6 to 5.8), as browsers send them: no interleaving, so no STAP-B, MTAP and FU-B. */
import { startCode } from './annex-b.ts';
import type { DepacketizedFrame, Depacketizer, FramePosition } from '../depacketizer.ts';
import type { FrameSize } from '../frame-size.ts';
import { beginsAccessUnit, firstTypeIn, isSlice, nalType, nalTypes, unitsOfStapA } from './nal.ts';
import { h264FrameSize } from './sps.ts';
import { joinBytes } from '../bytes/join-bytes.ts';

/** Of a picture, far more than encoders make. */
const mostUnits = 5000;

export class H264Depacketizer implements Depacketizer {
  position: FramePosition | undefined;
  /** With start codes. */
  #parts: Uint8Array[] = [];
  #isInFragments = false;
  #size: FrameSize | undefined;
  /** Parameter sets may have been lost before its first unit: a slice before one cannot be decoded. */
  #awaitsSet = false;

  /** Nothing marks the first packet. After a gap only what cannot follow a slice is taken for it, and a key frame is if its parameter set comes. */
  add(payload: Uint8Array, isAfterGap: boolean): boolean {
    this.position ??= { keyFrame: false };
    const type = nalType(payload[0]);
    if (isAfterGap && this.#parts.length === 0) {
      const first = firstTypeIn(payload);
      if (!beginsAccessUnit(first)) return false;
      this.#awaitsSet = first !== nalTypes.delimiter;
    }
    if (type === nalTypes.fuA) return this.#addFragment(payload);
    if (this.#isInFragments || type === 0 || type > nalTypes.stapA) return false;
    const units = type === nalTypes.stapA ? unitsOfStapA(payload) : [payload];
    if (!units || this.#parts.length + units.length * 2 > mostUnits * 2) return false;
    return units.every((unit) => this.#addUnit(unit));
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
    this.#awaitsSet = false;
    return position && isWhole ? { data: joinBytes(parts), position, size } : undefined;
  }

  #addUnit(unit: Uint8Array): boolean {
    if (!this.#noteType(nalType(unit[0]))) return false;
    if (nalType(unit[0]) === nalTypes.sps) this.#size = h264FrameSize(unit);
    this.#parts.push(startCode, unit);
    return true;
  }

  #addFragment(payload: Uint8Array): boolean {
    const head = payload[1] ?? 0;
    const isStart = (head & 0x80) !== 0;
    if (payload.length < 3 || isStart === this.#isInFragments) return false;
    if (isStart) {
      if (!this.#noteType(nalType(head))) return false;
      this.#parts.push(startCode, Uint8Array.of(((payload[0] ?? 0) & 0xe0) | nalType(head)));
    }
    this.#parts.push(payload.subarray(2));
    this.#isInFragments = (head & 0x40) === 0;
    return true;
  }

  /** False for a slice without the parameter set that should have come. */
  #noteType(type: number): boolean {
    if (type === nalTypes.idr) this.position = { keyFrame: true };
    else if (type === nalTypes.sps) this.#awaitsSet = false;
    return !this.#awaitsSet || !isSlice(type);
  }
}
