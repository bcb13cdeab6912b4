/**
 * Looks at an SCTP packet (RFC 9260, 3) before werift does. It trusts the lengths in it: one that is 0 keeps it busy until the
 * process is out of memory, and gaps of a few bytes until they are counted.
 */

const headLength = 12;
const chunkHeadLength = 4;

/** Bytes before the parameters of the chunks that have any: INIT, INIT ACK, HEARTBEAT (ACK), ABORT, ERROR, RE-CONFIG. */
const parameterStart: Readonly<Record<number, number>> = { 1: 16, 2: 16, 4: 0, 5: 0, 6: 0, 9: 0, 130: 0 };
const initType = 1;
const sackType = 3;
/** TSNs that a SACK may say to be there; far more than are ever on their way. */
const mostGaps = 65_536;

/** An INIT is alone in its packet. */
export function isInit(packet: Buffer): boolean {
  return packet[headLength] === initType;
}

export function isSound(packet: Buffer): boolean {
  if (packet.length < headLength) return false;
  return every(packet.subarray(headLength), ({ type, value }) => {
    if (type === sackType) return gapsOf(value) <= mostGaps;
    const start = parameterStart[type];
    return start === undefined || every(value.subarray(start), () => true, 'parameters');
  });
}

interface Item {
  type: number;
  value: Buffer;
}

/** Chunks and parameters alike have a type, a length that counts both, and padding to four bytes. */
function every(
  data: Buffer,
  accepts: (item: Item) => boolean,
  kind: 'chunks' | 'parameters' = 'chunks',
): boolean {
  for (let start = 0; start + chunkHeadLength <= data.length; ) {
    const length = data.readUInt16BE(start + 2);
    const end = start + length;
    if (length < chunkHeadLength || end > data.length) return false;
    const type = kind === 'chunks' ? data.readUInt8(start) : data.readUInt16BE(start);
    if (!accepts({ type, value: data.subarray(start + chunkHeadLength, end) })) return false;
    start = end + ((4 - (length % 4)) % 4);
  }
  return true;
}

/** RFC 9260, 3.3.4 */
function gapsOf(sack: Buffer): number {
  if (sack.length < 12) return Number.POSITIVE_INFINITY;
  const end = 12 + 4 * sack.readUInt16BE(8);
  let sum = 0;
  for (let at = 12; at + 4 <= end && at + 4 <= sack.length; at += 4) {
    sum += Math.max(0, sack.readUInt16BE(at + 2) - sack.readUInt16BE(at));
  }
  return sum;
}
