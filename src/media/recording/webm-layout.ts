/**
 * What makes a WebM file whole at any moment (RFC 9559, 6.1 and RFC 8794, 6.2): segment and cluster are of unknown size until they are
 * finished, and the duration is written anew now and then.
 */

const segmentId = [0x18, 0x53, 0x80, 0x67];
const seekHeadId = [0x11, 0x4d, 0x9b, 0x74];
const durationId = [0x44, 0x89, 0x88];
const clusterId = [0x1f, 0x43, 0xb6, 0x75];

/** Bytes of sizes as the library reserves them, and how they say that they are not known: all ones. */
const unknownSegment = [0x07, 0xff, 0xff, 0xff, 0xff, 0xff];
const unknownCluster = [0x0f, 0xff, 0xff, 0xff, 0xff];
/** A void element's id and size, over a SeekHead's id of 4 bytes and its size of 4. */
const voidHeader = [0xec, 0x02, 0, 0, 0, 0];

export class WebmLayout {
  #end = 0;
  #hasSegment = false;
  #duration: number | undefined;

  /** Looks at what is about to be written, and changes what is not known yet: sizes, and where to seek. */
  see(data: Uint8Array, position: number): void {
    if (position === this.#end) {
      const segment = this.#hasSegment ? -1 : find(data, 0, segmentId);
      if (segment >= 0) this.#seeSegment(data, segment, position);
      else if (startsWith(data, 0, clusterId)) data.set(unknownCluster, 4);
    }
    this.#end = Math.max(this.#end, position + data.length);
  }

  /** @param duration ms @returns undefined before there is a header */
  durationPatch(duration: number): { data: Uint8Array; position: number } | undefined {
    if (this.#duration === undefined) return undefined;
    const data = new Uint8Array(8);
    new DataView(data.buffer).setFloat64(0, duration);
    return { data, position: this.#duration };
  }

  /** The header comes as one, with the first cluster behind it. */
  #seeSegment(data: Uint8Array, segment: number, position: number): void {
    this.#hasSegment = true;
    const begin = segment + segmentId.length + unknownSegment.length;
    // As it is then, it is that of the header.
    const [head = 0, ...rest] = data.subarray(segment + segmentId.length, begin);
    const size = rest.reduce((sum, byte) => sum * 256 + byte, head & 0x03);
    data.set(unknownSegment, segment + segmentId.length);
    if (startsWith(data, begin, seekHeadId)) data.set([...voidHeader, data[begin + 6] ?? 0], begin);
    if (startsWith(data, begin + size, clusterId)) data.set(unknownCluster, begin + size + 4);
    const duration = find(data, begin, durationId);
    if (duration >= 0) this.#duration = position + duration + durationId.length;
  }
}

function startsWith(data: Uint8Array, at: number, bytes: readonly number[]): boolean {
  return bytes.every((byte, index) => data[at + index] === byte);
}

function find(data: Uint8Array, from: number, bytes: readonly number[]): number {
  for (let at = from; at + bytes.length <= data.length; at++) if (startsWith(data, at, bytes)) return at;
  return -1;
}
