/** The head of an Ogg page (RFC 3533, 6). */

export interface OggPage {
  /** bytes of all of it */
  size: number;
  /** It begins a stream. */
  isFirst: boolean;
  serialNumber: number;
}

const capturePattern = Buffer.from('OggS\0', 'latin1');
const fixedLength = 27;
/** Of the flags. */
const beginning = 2;

/** Bytes of the longest, and of its head. */
export const longestHead: number = fixedLength + 255;
export const longestPage: number = longestHead + 255 * 255;

/** Bytes that its head has, once these are there: first those that say how many, then all. */
export function headLength(bytes: Uint8Array): number {
  return fixedLength + (bytes.length < fixedLength ? 0 : (bytes[fixedLength - 1] ?? 0));
}

/** @returns undefined when none begins here, or its head is cut short */
export function readPage(bytes: Uint8Array): OggPage | undefined {
  const length = headLength(bytes);
  if (bytes.length < length || !beginsPage(bytes)) return undefined;
  const sizes = bytes.subarray(fixedLength, length);
  const serialNumber = new DataView(bytes.buffer, bytes.byteOffset).getUint32(14, true);
  const size = sizes.reduce((sum, each) => sum + each, length);
  return { size, isFirst: ((bytes[5] ?? 0) & beginning) !== 0, serialNumber };
}

/** @returns where the next page seems to begin; -1: nowhere */
export function findPage(bytes: Uint8Array, from: number): number {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer.indexOf(capturePattern, from);
}

function beginsPage(bytes: Uint8Array): boolean {
  return capturePattern.every((byte, at) => bytes[at] === byte);
}
