/**
 * Transport-wide congestion control feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01, 3.1): which packets of a
 * transport arrived, and when.
 */
import { readUint16, readUint24, writeUint16, writeUint24 } from './bytes.ts';

export interface TransportFeedback {
  /** Transport-wide sequence number of the first packet. */
  baseSequenceNumber: number;
  /** 24 bits, in units of 64 ms. */
  referenceTime: number;
  /** 8 bits, counts feedback packets. */
  feedbackCount: number;
  /** For each packet from the first on: when it arrived, in units of 0.25 ms after `referenceTime`; undefined when it did not. */
  arrivals: readonly (number | undefined)[];
}

/** Units of 0.25 ms. */
export const ticksPerMillisecond = 4;
export const ticksPerReferenceTime = 256;
export const maxDelta = 0x7fff;
export const minDelta = -0x8000;
/** More than this many packets in one feedback are not believed: a run of 13 bits says so in 2 bytes. */
export const maxStatuses = 0x2000;

const headLength = 8;
/** Symbols of 3.1.1: how many bytes the difference to the packet before takes. */
const lost = 0;
const small = 1;
const large = 2;
const maxRun = 0x1fff;
const oneBitSymbols = 14;
const twoBitSymbols = 7;

/** The control information of the packet; undefined when it is malformed. */
export function parseTransportFeedback(information: Uint8Array): TransportFeedback | undefined {
  const count = readUint16(information, 2);
  if (information.length < headLength || count > maxStatuses) return undefined;
  const symbols: number[] = [];
  let offset = headLength;
  for (; symbols.length < count; offset += 2) {
    if (offset + 2 > information.length) return undefined;
    readChunk(readUint16(information, offset), symbols, count);
  }
  const arrivals: (number | undefined)[] = [];
  let time = 0;
  for (const symbol of symbols) {
    if (symbol !== small && symbol !== large) {
      arrivals.push(undefined);
      continue;
    }
    if (offset + symbol > information.length) return undefined;
    time += symbol === small ? (information[offset] ?? 0) : (readUint16(information, offset) << 16) >> 16;
    offset += symbol;
    arrivals.push(time);
  }
  return {
    baseSequenceNumber: readUint16(information, 0),
    referenceTime: readUint24(information, 4),
    feedbackCount: information[7] ?? 0,
    arrivals,
  };
}

/** The control information, padded with zeros to 32 bits. Differences of more than 16 bits between arrivals are cut. */
export function buildTransportFeedback(feedback: TransportFeedback): Uint8Array {
  const symbols: number[] = [];
  const deltas: number[] = [];
  let time = 0;
  let deltasLength = 0;
  for (const arrival of feedback.arrivals) {
    if (arrival === undefined) {
      symbols.push(lost);
      continue;
    }
    const delta = Math.max(minDelta, Math.min(maxDelta, arrival - time));
    const symbol = delta >= 0 && delta <= 0xff ? small : large;
    symbols.push(symbol);
    deltas.push(delta);
    deltasLength += symbol;
    time += delta;
  }
  const chunks = chunksOf(symbols);
  const bytes = new Uint8Array((headLength + chunks.length * 2 + deltasLength + 3) & ~3);
  writeUint16(bytes, 0, feedback.baseSequenceNumber);
  writeUint16(bytes, 2, symbols.length);
  writeUint24(bytes, 4, feedback.referenceTime);
  bytes[7] = feedback.feedbackCount;
  let offset = headLength;
  for (const chunk of chunks) {
    writeUint16(bytes, offset, chunk);
    offset += 2;
  }
  for (const delta of deltas) {
    if (delta >= 0 && delta <= 0xff) bytes[offset++] = delta;
    else {
      writeUint16(bytes, offset, delta);
      offset += 2;
    }
  }
  return bytes;
}

/** Adds what a chunk says (3.1.3, 3.1.4), up to `count` symbols altogether. */
function readChunk(chunk: number, symbols: number[], count: number): void {
  const isVector = chunk >>> 15 === 1;
  const bits = chunk & 0x4000 ? 2 : 1;
  const length = isVector ? oneBitSymbols / bits : chunk & maxRun;
  const end = Math.min(count, symbols.length + length);
  for (let shift = oneBitSymbols - bits; symbols.length < end; shift -= bits)
    symbols.push(isVector ? (chunk >>> shift) & (bits === 2 ? 3 : 1) : (chunk >>> 13) & 3);
}

/** Of a run and the two kinds of vectors each time the one that says most. A vector that is not full can only be the last chunk. */
function chunksOf(symbols: readonly number[]): number[] {
  const chunks: number[] = [];
  for (let start = 0; start < symbols.length; ) {
    const first = symbols[start] ?? lost;
    const left = symbols.length - start;
    let run = 1;
    while (run < maxRun && symbols[start + run] === first) run++;
    let bitsFit = 0;
    while (bitsFit < Math.min(oneBitSymbols, left) && symbols[start + bitsFit] !== large) bitsFit++;
    const oneBit = bitsFit === Math.min(oneBitSymbols, left) ? bitsFit : 0;
    const twoBit = Math.min(twoBitSymbols, left);
    if (run >= oneBit && run >= twoBit) {
      chunks.push((first << 13) | run);
      start += run;
    } else if (oneBit > twoBit) {
      chunks.push(vector(symbols, start, oneBit, 1));
      start += oneBit;
    } else {
      chunks.push(vector(symbols, start, twoBit, 2));
      start += twoBit;
    }
  }
  return chunks;
}

function vector(symbols: readonly number[], start: number, length: number, bits: 1 | 2): number {
  let chunk = bits === 2 ? 0xc000 : 0x8000;
  for (let index = 0; index < length; index++)
    chunk |= (symbols[start + index] ?? lost) << (oneBitSymbols - bits * (index + 1));
  return chunk;
}
